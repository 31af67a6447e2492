using Karez.Lab.Judging;
using Karez.Lab.Running;
using Karez.Observe.Packets;

namespace Karez.Lab.Findings;

/// <summary>The captures of a run as one: packets in the order of time.</summary>
internal static class MergedCaptures
{
    /// <summary>The packets of some subscribers, each valid until the next is taken.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="manifest">Who was who.</param>
    /// <param name="wanted">Whose packets.</param>
    /// <exception cref="LabException">
    /// A capture is missing, or holds what is not of its subscriber: only runs of the lab are read.
    /// </exception>
    public static IEnumerable<(Packet Packet, int Subscriber)> Of(
        string folder, RunManifest manifest, Func<int, bool> wanted)
    {
        var own = manifest.Subscribers.Select(one => NetAddress.Parse(one.Address)).ToList();
        var waiting = new PriorityQueue<(IEnumerator<Packet> Packets, int Subscriber), (long, int)>();
        try
        {
            foreach (var capture in manifest.Captures.Where(capture => wanted(capture.Subscriber)))
            {
                var packets = CaptureFile.At(Path.Combine(folder, capture.File)).Packets().GetEnumerator();
                Queue(waiting, packets, capture.Subscriber);
            }

            while (waiting.TryDequeue(out var next, out _))
            {
                var packet = next.Packets.Current;
                if (packet.Source != own[next.Subscriber] && packet.Destination != own[next.Subscriber])
                {
                    throw new LabException(
                        $"{manifest.Captures[next.Subscriber].File} holds packets that are not its subscriber's",
                        "only runs of the lab are read");
                }

                yield return (packet, next.Subscriber);
                Queue(waiting, next.Packets, next.Subscriber);
            }
        }
        finally
        {
            foreach (var (left, _) in waiting.UnorderedItems)
                left.Packets.Dispose();
        }
    }

    private static void Queue(
        PriorityQueue<(IEnumerator<Packet>, int), (long, int)> waiting, IEnumerator<Packet> packets, int subscriber)
    {
        if (packets.MoveNext())
            waiting.Enqueue((packets, subscriber), (packets.Current.Nanoseconds, subscriber));
        else
            packets.Dispose();
    }
}
