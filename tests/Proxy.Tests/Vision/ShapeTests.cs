using Karez.Proxy.Vision;

namespace Karez.Proxy.Tests.Vision;

public class ShapeTests
{
    private const int Flows = 1_000;

    [Fact]
    public void No_length_is_constant_in_the_first_flights()
    {
        var lengths = Sample(Shape.Default);
        foreach (var (place, seen) in lengths)
        {
            var most = seen.GroupBy(l => l).Max(g => g.Count());
            Assert.True(most <= Flows * 0.05, $"{place}: one length in {most} of {Flows} flows");
        }
    }

    [Fact]
    public void A_hello_is_cut_into_two_pieces_at_most()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var entropy = new SeededEntropy(seed);
            var pair = new VisionPair(entropy, Shape.Default, cutRecords: false);
            pair.Run(InnerFlow.Tls13(entropy, exchanges: 0).Take(1), () => 100_000);
            Assert.InRange(pair.Up.Frames.Count, 1, 2);
            Assert.True(pair.Up.Frames[0].ContentLength >= 6);
            Assert.True(pair.Server.IsTls && pair.Server.PiecesLeft >= 6);
        }
    }

    [Fact]
    public void The_clients_first_records_have_a_browsers_lengths()
    {
        Assert.Equal(92, Shape.Default.OpeningRecord);
        Assert.Equal(44, Shape.Default.OpeningLength(44));
        Assert.Equal(70, Shape.Default.OpeningLength(300));
        Assert.Equal(0, Shape.Published.OpeningLength(44));
        // Header 5, content type 1, tag 16 around the frame.
        var lengths = Sample(Shape.Default);
        Assert.All(lengths[(VisionSide.Client, 0)], l => Assert.InRange(l + 22, 484, 562));
        Assert.All(lengths[(VisionSide.Client, 2)], l => Assert.InRange(l + 22, 125, 199));
    }

    [Fact]
    public void The_published_lengths_pad_short_frames_to_900_and_more()
    {
        foreach (var ((side, frame), seen) in Sample(Shape.Published))
        {
            if (side == VisionSide.Client && frame == 1)
                Assert.All(seen, l => Assert.InRange(l, 900, 1399 + 21));
        }
    }

    /// <summary>Frame lengths by side and place, of flows whose own records are the same every time.</summary>
    private static Dictionary<(VisionSide, int), List<int>> Sample(Shape shape)
    {
        var lengths = new Dictionary<(VisionSide, int), List<int>>();
        var flow = InnerFlow.Tls13(new SeededEntropy(11), exchanges: 1, most: 3_000);
        for (ulong seed = 0; seed < Flows; seed++)
        {
            var pair = new VisionPair(new SeededEntropy(seed), shape, cutRecords: false);
            pair.Run(flow, () => 256 * 1024);
            foreach (var (side, direction) in new[] { (VisionSide.Client, pair.Up), (VisionSide.Server, pair.Down) })
            {
                for (var i = 0; i < direction.Frames.Count; i++)
                {
                    if (!lengths.TryGetValue((side, i), out var seen))
                        lengths[(side, i)] = seen = [];
                    seen.Add(direction.Frames[i].TotalLength);
                }
            }
        }

        return lengths;
    }
}
