using System.Buffers.Binary;
using Karez.Lab.Router;

namespace Karez.Lab.Tests.Router;

/// <summary>Captures hold every packet of their subscriber.</summary>
public class CaptureTapTests
{
    [Fact]
    public void Each_subscriber_has_his_file()
    {
        var folder = Directory.CreateTempSubdirectory("kzlab").FullName;
        try
        {
            IReadOnlyList<long> counts;
            using (var tap = new CaptureTap(folder, ["a", "b"], new RunClock()))
            {
                for (var i = 0; i < 3000; i++)
                    See(tap, i % 3 == 0 ? 1 : 0, TimeSpan.FromMilliseconds(i), Packets.Udp("100.64.0.2", i + 1, "198.19.0.1", 53, 1000));
                See(tap, Passing.Nobody, default, Packets.Udp("198.18.200.10", 1, "198.19.0.1", 53));
                counts = tap.Finish();
                Assert.Equal(0, tap.LeftOut);
            }

            Assert.Equal([2000L, 1000L], counts);
            var file = File.ReadAllBytes(Path.Combine(folder, "a.pcap"));
            Assert.Equal(24 + (2000 * (16 + 1028)), file.Length);
            Assert.Equal(101, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(20)));
            Assert.Equal(1028, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24 + 8)));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void See(CaptureTap tap, int subscriber, TimeSpan time, byte[] packet) => tap.See(new Passing
    {
        Place = Place.Carrier,
        Heading = Heading.Outward,
        Subscriber = subscriber,
        Time = time,
        Packet = packet,
    });
}
