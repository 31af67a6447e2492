using Karez.Proxy.Vision;
using Karez.Tests;

namespace Karez.Aot.Flows;

/// <summary>Vision's frames, cut and taken off again.</summary>
internal static class Frames
{
    // Frames of one octet, so that there are many before they end.
    private static readonly ShapeStep s_small = new(1, 1, 20, 20, 60, 30);
    private static readonly Shape s_shape = new([s_small], [s_small], PadsOnlyTls: false, OpeningRecord: 0);

    /// <summary>Octets allocated over many frames; what each flow's own objects take is not counted.</summary>
    public static long Measure(int flows)
    {
        var buffer = new byte[4096];
        Run(buffer, 100);
        return Run(buffer, flows);
    }

    private static long Run(byte[] buffer, int flows)
    {
        var allocated = 0L;
        for (var i = 0; i < flows; i++)
        {
            var user = new Guid(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
            var entropy = new SeededEntropy((ulong)i);
            var (near, far) = (new VisionTraffic(), new VisionTraffic());
            var sender = new VisionSender(near, user, VisionSide.Client, s_shape, entropy);
            var receiver = new VisionReceiver(far, user, VisionSide.Client);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Carry(sender, receiver, buffer);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return allocated;
    }

    private static void Carry(VisionSender sender, VisionReceiver receiver, byte[] buffer)
    {
        ReadOnlySpan<byte> content = "sixteen octets.."u8;
        var arrived = 0;
        for (var frames = 0; !content.IsEmpty; frames++)
        {
            var cut = sender.Next(content);
            var at = sender.WriteHeader(cut, buffer);
            content[..cut.ContentLength].CopyTo(buffer.AsSpan(at));
            at += cut.ContentLength;
            buffer.AsSpan(at, cut.PaddingLength).Clear();
            at += cut.PaddingLength;
            content = content[cut.ContentLength..];
            arrived += Take(receiver, buffer.AsSpan(0, at));
        }

        if (arrived != 16)
            throw new InvalidOperationException($"{arrived} of 16 octets arrived");
    }

    private static int Take(VisionReceiver receiver, ReadOnlySpan<byte> plaintext)
    {
        var arrived = 0;
        while (true)
        {
            var status = receiver.Feed(plaintext, out var consumed, out _, out var length);
            plaintext = plaintext[consumed..];
            arrived += length;
            if (status == VisionStatus.Content)
                continue;
            return status == VisionStatus.NeedInput ? arrived : arrived + plaintext.Length;
        }
    }
}
