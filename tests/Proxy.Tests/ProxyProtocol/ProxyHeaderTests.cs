using System.Net;
using Karez.Proxy.ProxyProtocol;

namespace Karez.Proxy.Tests.ProxyProtocol;

public class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("192.0.2.7:4660", "198.51.100.9:443", "2111000CC0000207C6336409123401BB")]
    [InlineData(
        "[2001:db8::7]:4660", "[2001:db8::9]:443",
        "2121002420010DB800000000000000000000000720010DB8000000000000000000000009123401BB")]
    [InlineData(
        "192.0.2.7:4660", "[2001:db8::9]:443",
        "2121002400000000000000000000FFFFC000020720010DB8000000000000000000000009123401BB")]
    public void A_caller_stands_in_front_of_what_he_says(string source, string destination, string expected)
    {
        var header = new byte[ProxyHeader.MaxLength];
        var length = ProxyHeader.Write(IPEndPoint.Parse(source), IPEndPoint.Parse(destination), header);
        Assert.Equal(Signature + expected, Convert.ToHexString(header.AsSpan(0, length)));
    }

    [Fact]
    public void The_nodes_own_visits_say_local()
    {
        var header = new byte[ProxyHeader.MaxLength];
        Assert.Equal(Signature + "20000000", Convert.ToHexString(header.AsSpan(0, ProxyHeader.WriteLocal(header))));
    }
}
