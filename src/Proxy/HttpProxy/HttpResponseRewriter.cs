using Karez.Wire;

namespace Karez.Proxy.HttpProxy;

/// <summary>Rewrites the heads of an origin's response so that the client closes after it.</summary>
public sealed class HttpResponseRewriter
{
    /// <summary>A rewritten head is at most this much longer than it came.</summary>
    public const int Growth = 32;

    /// <summary>True once the final head has passed: everything that follows passes as it is.</summary>
    public bool IsPassing { get; private set; }

    /// <summary>Takes one head (interim or final) off the front of the origin's octets.</summary>
    /// <param name="input">What came and was not consumed; nothing of a partial head is.</param>
    /// <param name="output">At least <see cref="Growth"/> octets more than the input's, of which 64 KiB
    /// suffice.</param>
    /// <param name="consumed">Octets of the head.</param>
    /// <param name="produced">Octets of the rewritten head, for the client.</param>
    /// <returns>
    /// <see cref="ParseStatus.Failed"/>: tell the client 502 (<see cref="HttpProxyServer.Refuse"/>) and close.
    /// </returns>
    public ParseStatus Advance(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int produced)
    {
        (consumed, produced) = (0, 0);
        if (IsPassing)
            return ParseStatus.Done;
        var status = HttpHead.TryRead(input, out var head, out _);
        if (status != ParseStatus.Done)
            return status;
        var line = head.StartLine;
        if (line.Length < 12 || !line[..7].SequenceEqual("HTTP/1."u8) || line[8] != ' '
            || line[9..12].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || line[9..12].SequenceEqual("101"u8))
            return ParseStatus.Failed;
        if (output.Length < head.Length + Growth)
            return ParseStatus.Failed;
        IsPassing = line[9] != '1';
        var start = new WireWriter(output);
        start.WriteBytes(line);
        start.WriteBytes("\r\n"u8);
        produced = start.Written + HttpFields.CopyEndToEnd(head.Fields, withHost: true, output[start.Written..]);
        var end = new WireWriter(output[produced..]);
        end.WriteBytes(IsPassing ? "Connection: close\r\n\r\n"u8 : "\r\n"u8);
        produced += end.Written;
        consumed = head.Length;
        return IsPassing ? ParseStatus.Done : ParseStatus.NeedInput;
    }
}
