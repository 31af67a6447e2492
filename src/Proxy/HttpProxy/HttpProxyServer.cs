using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Karez.Wire;

namespace Karez.Proxy.HttpProxy;

/// <summary>The proxy's side of one HTTP exchange up to its answer; see docs/protocols/socks5.md.</summary>
/// <param name="credentials">What clients must show; null lets everyone in.</param>
public sealed class HttpProxyServer(ProxyCredentials? credentials)
{
    /// <summary>No answer of our own is longer than this.</summary>
    public const int MaxOutput = 256;

    private byte[] _upstreamHead = [];
    private int _upstreamLength;
    private HttpBody _body;

    /// <summary>True for CONNECT: octets pass as they are both ways; false: see <see cref="UpstreamHead"/>.</summary>
    public bool IsTunnel { get; private set; }

    /// <summary>Where to, at <see cref="HttpProxyStatus.NeedDecision"/>.</summary>
    public Destination Destination { get; private set; }

    /// <summary>What the client did wrong, at <see cref="HttpProxyStatus.Failed"/>.</summary>
    public HttpProxyFault Fault { get; private set; }

    /// <summary>The rewritten head to send to the origin first; empty for a tunnel.</summary>
    public ReadOnlyMemory<byte> UpstreamHead => _upstreamHead.AsMemory(0, _upstreamLength);

    /// <summary>The request's body: what it takes of the client's further octets is forwarded, nothing else.</summary>
    public ref HttpBody RequestBody => ref _body;

    /// <summary>Takes one head off the front of <paramref name="input"/>.</summary>
    /// <param name="input">What came; nothing of a head that is not whole is consumed (up to 64 KiB).</param>
    /// <param name="output">Room for an answer, at least <see cref="MaxOutput"/> octets.</param>
    /// <param name="consumed">Octets of the head; the rest is body, or the tunnel's early payload.</param>
    /// <param name="produced">Octets to send, at <see cref="HttpProxyStatus.Failed"/>.</param>
    public HttpProxyStatus Advance(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int produced)
    {
        (consumed, produced) = (0, 0);
        var status = HttpHead.TryRead(input, out var head, out var fault);
        if (status == ParseStatus.NeedInput)
            return HttpProxyStatus.NeedInput;
        Fault = fault != HttpProxyFault.None ? fault : ReadHead(head);
        if (Fault == HttpProxyFault.None)
        {
            consumed = head.Length;
            return HttpProxyStatus.NeedDecision;
        }

        produced = Write(output, Fault switch
        {
            HttpProxyFault.WrongCredentials => "407 Proxy Authentication Required\r\n"u8
                + "Proxy-Authenticate: Basic realm=\"karez\", charset=\"UTF-8\""u8,
            HttpProxyFault.HeadTooLong => "431 Request Header Fields Too Large"u8,
            _ => "400 Bad Request"u8,
        });
        return HttpProxyStatus.Failed;
    }

    /// <summary>Writes what a client hears when its tunnel stands; nothing for a forwarded request.</summary>
    public int Accept(Span<byte> output)
    {
        var answer = IsTunnel ? "HTTP/1.1 200 Connection established\r\n\r\n"u8 : default;
        answer.CopyTo(output);
        return answer.Length;
    }

    /// <summary>Writes the answer for a flow that did not come about; then close.</summary>
    public static int Refuse(FlowFailure failure, Span<byte> output) => Write(output, failure switch
    {
        FlowFailure.TimedOut => "504 Gateway Timeout"u8,
        FlowFailure.Forbidden => "403 Forbidden"u8,
        _ => "502 Bad Gateway"u8,
    });

    private static int Write(Span<byte> output, ReadOnlySpan<byte> statusAndFields)
    {
        var writer = new WireWriter(output);
        writer.WriteBytes("HTTP/1.1 "u8);
        writer.WriteBytes(statusAndFields);
        writer.WriteBytes("\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8);
        return writer.Overflowed ? 0 : writer.Written;
    }

    private HttpProxyFault ReadHead(in HttpHead head)
    {
        var line = head.StartLine;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first < 1 || last <= first || !HttpHead.IsToken(line[..first]))
            return HttpProxyFault.MalformedHead;
        var method = line[..first];
        var target = line[(first + 1)..last];
        var version = line[(last + 1)..];
        if (!version.SequenceEqual("HTTP/1.1"u8) && !version.SequenceEqual("HTTP/1.0"u8))
            return HttpProxyFault.MalformedHead;
        if (!HttpFields.TryReadBody(head.Fields, out var bodyKind, out var bodyLength))
            return HttpProxyFault.MalformedHead;
        if (credentials is not null && !ShowsCredentials(credentials, head.Fields))
            return HttpProxyFault.WrongCredentials;
        IsTunnel = method.SequenceEqual("CONNECT"u8);
        if (!HttpTarget.TryRead(target, IsTunnel, out var destination, out var authority, out var path))
            return HttpProxyFault.BadTarget;
        Destination = destination;
        if (IsTunnel)
            return HttpProxyFault.None;
        if (path.IsEmpty && method.SequenceEqual("OPTIONS"u8))
            path = "*"u8;
        _body = new HttpBody(bodyKind, bodyLength);
        Rewrite(head, method, path, version, authority);
        return HttpProxyFault.None;
    }

    private void Rewrite(
        in HttpHead head,
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> path,
        ReadOnlySpan<byte> version,
        ReadOnlySpan<byte> authority)
    {
        _upstreamHead = new byte[head.Length + authority.Length + 64];
        var writer = new WireWriter(_upstreamHead);
        writer.WriteBytes(method);
        writer.WriteUInt8((byte)' ');
        if (path is not [(byte)'/' or (byte)'*', ..])
            writer.WriteUInt8((byte)'/');
        writer.WriteBytes(path);
        writer.WriteUInt8((byte)' ');
        // A client of 1.0 could not read a chunked answer, so its version goes on.
        writer.WriteBytes(version);
        writer.WriteBytes("\r\nHost: "u8);
        writer.WriteBytes(authority);
        writer.WriteBytes("\r\n"u8);
        var copied = HttpFields.CopyEndToEnd(head.Fields, withHost: false, _upstreamHead.AsSpan(writer.Written));
        _upstreamLength = writer.Written + copied;
        var end = new WireWriter(_upstreamHead.AsSpan(_upstreamLength));
        end.WriteBytes("Connection: close\r\n\r\n"u8);
        _upstreamLength += end.Written;
    }

    private static bool ShowsCredentials(ProxyCredentials credentials, ReadOnlySpan<byte> fields)
    {
        while (HttpHead.TryNextField(ref fields, out _, out var name, out var value))
        {
            if (!HttpHead.NameIs(name, "proxy-authorization"u8))
                continue;
            if (value.Length < 6 || !Ascii.EqualsIgnoreCase(value[..6], "basic "u8))
                return false;
            Span<byte> decoded = stackalloc byte[512];
            var encoded = value[6..].Trim(" "u8);
            if (encoded.Length > 684
                || Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) != OperationStatus.Done)
                return false;
            decoded = decoded[..length];
            var colon = decoded.IndexOf((byte)':');
            return colon >= 0 && credentials.Match(decoded[..colon], decoded[(colon + 1)..]);
        }

        return false;
    }
}
