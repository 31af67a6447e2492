using Karez.Proxy.Vision;
using Karez.Wire;

namespace Karez.Proxy.Tests.Vision;

/// <summary>
/// Two endpoints with the wire between them: what goes out as records, what raw, and what is delivered.
/// </summary>
internal sealed class VisionPair
{
    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");
    private readonly IEntropy _entropy;
    private readonly bool _cutRecords;

    public VisionPair(IEntropy entropy, Shape shape, bool cutRecords)
    {
        (_entropy, _cutRecords) = (entropy, cutRecords);
        Up = new Direction(VisionSide.Client, Client, Server, shape, entropy);
        Down = new Direction(VisionSide.Server, Server, Client, shape, entropy);
    }

    public VisionTraffic Client { get; } = new();

    public VisionTraffic Server { get; } = new();

    public Direction Up { get; }

    public Direction Down { get; }

    /// <summary>Runs a conversation, each message read in pieces that <paramref name="readLength"/> gives.</summary>
    public void Run(IEnumerable<InnerFlow.Message> flow, Func<int> readLength)
    {
        foreach (var message in flow)
        {
            var direction = message.From == VisionSide.Client ? Up : Down;
            for (var at = 0; at < message.Octets.Length;)
            {
                var length = Math.Min(readLength(), message.Octets.Length - at);
                Send(direction, message.Octets.AsSpan(at, length));
                at += length;
            }
        }
    }

    private void Send(Direction direction, ReadOnlySpan<byte> content)
    {
        direction.Sent.AddRange(content);
        while (!content.IsEmpty)
        {
            var wasRaw = direction.Sender.IsRaw;
            var cut = direction.Sender.Next(content);
            Assert.InRange(cut.ContentLength, 1, content.Length);
            var record = new byte[cut.TotalLength];
            var header = direction.Sender.WriteHeader(cut, record);
            Assert.Equal(cut.HeaderLength, header);
            content[..cut.ContentLength].CopyTo(record.AsSpan(header));
            content = content[cut.ContentLength..];
            if (wasRaw)
            {
                direction.Raw.AddRange(record);
                Assert.True(direction.ReceiverIsRaw);
                direction.Delivered.AddRange(record);
                continue;
            }

            if (cut.Framed)
            {
                direction.Frames.Add(cut);
                Assert.True(cut.TotalLength <= 8192);
                Assert.Equal(direction.Frames.Count == 1, cut.WithUserId);
                direction.FramedContent += cut.ContentLength;
            }

            Receive(direction, record);
        }
    }

    private void Receive(Direction direction, ReadOnlySpan<byte> record)
    {
        while (!record.IsEmpty)
        {
            var shown = record[..(_cutRecords ? 1 + _entropy.Below(record.Length) : record.Length)];
            record = record[shown.Length..];
            while (!direction.ReceiverIsOver)
            {
                var status = direction.Receiver.Feed(shown, out var consumed, out var offset, out var length);
                Assert.NotEqual(VisionStatus.Failed, status);
                Assert.Equal(status == VisionStatus.Content, length > 0);
                direction.Delivered.AddRange(shown.Slice(offset, length));
                shown = shown[consumed..];
                direction.ReceiverIsRaw = status == VisionStatus.Raw;
                direction.ReceiverIsOver = status is VisionStatus.Raw or VisionStatus.Unframed;
                if (status == VisionStatus.NeedInput)
                {
                    Assert.True(shown.IsEmpty);
                    break;
                }
            }

            direction.Delivered.AddRange(shown);
        }
    }

    internal sealed class Direction(
        VisionSide side, VisionTraffic here, VisionTraffic there, Shape shape, IEntropy entropy)
    {
        public VisionSender Sender { get; } = new(here, User, side, shape, entropy);

        public VisionReceiver Receiver { get; } = new(there, User, side);

        public List<byte> Sent { get; } = [];

        public List<byte> Delivered { get; } = [];

        public List<byte> Raw { get; } = [];

        public List<VisionCut> Frames { get; } = [];

        public int FramedContent { get; set; }

        public bool ReceiverIsRaw { get; set; }

        public bool ReceiverIsOver { get; set; }
    }
}
