namespace Karez.Config.Tests;

public class EndpointTests
{
    [Theory]
    [InlineData("[::]:443", "::", 443)]
    [InlineData("[2001:DB8:0::1]", "2001:db8::1", 7)]
    [InlineData("2001:db8::1", "2001:db8::1", 7)]
    [InlineData("203.0.113.7:0", "203.0.113.7", 0)]
    [InlineData("WWW.Example.com", "www.example.com", 7)]
    [InlineData("www.example.com.:8443", "www.example.com", 8443)]
    [InlineData("bücher.example:443", "xn--bcher-kva.example", 443)]
    public void Reads_hosts_and_ports(string text, string host, int port)
    {
        Assert.True(Endpoint.TryParse(text, 7, out var endpoint));
        Assert.Equal(new Endpoint(host, port), endpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":443")]
    [InlineData("a.example:")]
    [InlineData("a.example:65536")]
    [InlineData("a.example:-1")]
    [InlineData("a.example:+1")]
    [InlineData("a b:1")]
    [InlineData("[::1")]
    [InlineData("[::1]443")]
    [InlineData("[fe80::1%eth0]:443")]
    [InlineData("[127.0.0.1]:443")]
    [InlineData("1.2.3:443")]
    [InlineData("0x7f.0.0.1:443")]
    [InlineData("010.0.0.1:443")]
    [InlineData("256.1.1.1:443")]
    [InlineData("-a.example:443")]
    [InlineData("unix:")]
    public void Refuses_what_is_neither_a_name_nor_an_address(string text) =>
        Assert.False(Endpoint.TryParse(text, 7, out _));

    [Fact]
    public void A_unix_socket_is_its_path()
    {
        Assert.True(Endpoint.TryParse("unix:/run/site.sock", null, out var endpoint));
        Assert.True(endpoint.IsUnix);
        Assert.Equal("unix:/run/site.sock", endpoint.ToString());
        Assert.False(Endpoint.TryParse("unix:/" + new string('a', 107), null, out _));
    }

    [Fact]
    public void A_port_is_demanded_where_there_is_no_default() =>
        Assert.False(Endpoint.TryParse("127.0.0.1", null, out _));
}
