using Karez.Camouflage.Reality;

namespace Karez.Camouflage.Tests.Reality;

public class TargetFlightTests
{
    private static readonly byte[] ServerHello = Convert.FromHexString(
        "020000760303443d33dc024ff4cba3cc0cd483872f5cfeaa1e8047baf89877278c1635fc7c4f2078e4c0008c2fbf064b342c0a6c79"
        + "38b55b1de3ff6434d1368bec73bbb15927d2130100002e002b0002030400330024001d0020736845d54e87de09d6bb114aa7042c50"
        + "a4a015bd9901d1a0026f5956533a1519");

    private static byte[] Openssl =>
        [.. Record(22, ServerHello), .. Record(20, [1]), .. Opaque(36), .. Opaque(854), .. Opaque(281), .. Opaque(53)];

    [Fact]
    public void Knows_the_flight_of_openssl_and_asks_for_more_at_every_cut_before_its_end()
    {
        var octets = Openssl;
        for (var length = 0; length < octets.Length; length++)
            Assert.Equal(FlightStatus.NeedInput, new TargetFlight().Parse(octets.AsMemory(0, length)));

        var flight = new TargetFlight();
        Assert.Equal(FlightStatus.Complete, flight.Parse(octets));
        Assert.False(flight.IsCombined);
        Assert.Equal([36, 854, 281, 53], flight.Records.ToArray());
        Assert.Equal(ServerHello, flight.ServerHello.ToArray());
        Assert.Empty(flight.Extra);
    }

    [Fact]
    public void Takes_a_long_first_encrypted_record_for_the_whole_flight()
    {
        var flight = new TargetFlight();
        byte[] octets = [.. Record(22, ServerHello), .. Record(20, [1]), .. Opaque(4000)];
        Assert.Equal(FlightStatus.Complete, flight.Parse(octets));
        Assert.True(flight.IsCombined);
        Assert.Equal(4000, flight.Records[0]);
    }

    [Fact]
    public void Counts_early_tickets_by_their_headers()
    {
        var flight = new TargetFlight();
        byte[] octets = [.. Openssl, .. Opaque(250), .. Opaque(80).AsSpan(0, 7)];
        Assert.Equal(FlightStatus.Complete, flight.Parse(octets));
        Assert.Equal([250, 80], flight.Extra);
    }

    [Theory]
    [InlineData(0, 21)] // an alert in place of ServerHello
    [InlineData(1, 2)] // SSLv3-ish version
    [InlineData(5, 1)] // a ClientHello from the server
    [InlineData(10, 2)] // legacy_version 0x0203
    public void A_first_record_that_is_no_server_hello_is_unusable(int offset, byte value)
    {
        var octets = Openssl;
        octets[offset] = value;
        Assert.Equal(FlightStatus.Unusable, new TargetFlight().Parse(octets));
    }

    [Fact]
    public void A_hello_retry_request_is_unusable()
    {
        var hello = ServerHello.ToArray();
        Convert.FromHexString("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c").CopyTo(hello, 6);
        Assert.Equal(FlightStatus.Unusable, new TargetFlight().Parse(Record(22, hello)));
    }

    [Fact]
    public void A_flight_beyond_the_bound_is_unusable()
    {
        byte[] octets =
        [
            .. Record(22, ServerHello), .. Record(20, [1]), .. Opaque(36), .. Opaque(16000), .. Opaque(1800),
        ];
        Assert.Equal(FlightStatus.Unusable, new TargetFlight().Parse(octets));
    }

    private static byte[] Record(byte type, ReadOnlySpan<byte> payload) =>
        [type, 3, 3, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    private static byte[] Opaque(int total) => Record(23, new byte[total - 5]);
}
