using BenchmarkDotNet.Attributes;
using Karez.Proxy.Vision;
using Karez.Tests;

namespace Karez.Micro.Proxy;

/// <summary>Vision's two halves over the first frames of a plain-text flow, which end with command 1.</summary>
public class VisionBench
{
    private readonly SeededEntropy _entropy = new(1);
    private readonly Guid _user = new("66ad4540-b58c-4ad2-9926-ea63445a9b57");
    private readonly byte[] _content = new byte[1_400];
    private readonly byte[] _plaintext = new byte[16_384];

    [Benchmark]
    public int Frame_and_unframe_until_the_frames_end()
    {
        var sender = new VisionSender(new VisionTraffic(), _user, VisionSide.Client, Shape.Default, _entropy);
        var receiver = new VisionReceiver(new VisionTraffic(), _user, VisionSide.Client);
        var delivered = 0;
        while (!sender.IsUnframed)
        {
            for (var rest = _content.AsSpan(); !rest.IsEmpty;)
            {
                var cut = sender.Next(rest);
                var at = sender.WriteHeader(cut, _plaintext);
                rest[..cut.ContentLength].CopyTo(_plaintext.AsSpan(at));
                rest = rest[cut.ContentLength..];
                var frame = _plaintext.AsSpan(0, at + cut.ContentLength + cut.PaddingLength);
                delivered += Unframe(receiver, frame);
            }
        }

        return delivered;
    }

    private static int Unframe(VisionReceiver receiver, ReadOnlySpan<byte> frame)
    {
        var delivered = 0;
        while (receiver.Feed(frame, out var consumed, out _, out var length) == VisionStatus.Content)
        {
            delivered += length;
            frame = frame[consumed..];
        }

        return delivered;
    }
}
