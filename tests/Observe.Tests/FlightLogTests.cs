namespace Karez.Observe.Tests;

public class FlightLogTests
{
    [Fact]
    public void A_flight_ends_when_the_other_side_speaks()
    {
        var log = new FlightLog();
        log.Feed(Direction.ClientToServer, Record(22, 300));
        log.Feed(Direction.ServerToClient, Record(22, 90));
        log.Feed(Direction.ServerToClient, Record(20, 1));
        log.Feed(Direction.ClientToServer, [.. Record(20, 1), .. Record(23, 53)]);
        Assert.Equal(["> 305", "< 95 6", "> 6 58"], log.Flights.Select(flight => flight.ToString()));
        Assert.Equal(101, log.Flights[1].Octets);
    }

    [Fact]
    public void A_record_counts_where_it_ends()
    {
        var log = new FlightLog();
        var record = Record(23, 40);
        log.Feed(Direction.ServerToClient, record.AsSpan(0, 10));
        log.Feed(Direction.ClientToServer, Record(23, 1));
        log.Feed(Direction.ServerToClient, record.AsSpan(10));
        Assert.Equal(["< ", "> 6", "< 45"], log.Flights.Select(flight => flight.ToString()));
    }

    [Fact]
    public void What_is_kept_is_bounded()
    {
        var log = new FlightLog();
        for (var turn = 0; turn < 100; turn++)
        {
            for (var i = 0; i < 100; i++)
                log.Feed((Direction)(turn % 2), Record(23, 1));
        }

        Assert.Equal(16, log.Flights.Count);
        Assert.All(log.Flights, flight => Assert.Equal(64, flight.Records.Count));
        Assert.Equal(16 * 600, log.Flights.Sum(flight => flight.Octets));
        Assert.Equal(50 * 600, log[Direction.ClientToServer].Position);
    }

    private static byte[] Record(byte type, int length) =>
        [type, 3, 3, (byte)(length >> 8), (byte)length, .. new byte[length]];
}
