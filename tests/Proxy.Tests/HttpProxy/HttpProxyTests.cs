using System.Text;
using CsCheck;
using Karez.Proxy.HttpProxy;

namespace Karez.Proxy.Tests.HttpProxy;

public class HttpProxyTests
{
    private const string Fields = "Host: h\r\n";

    [Fact]
    public void Connect_becomes_a_tunnel_and_early_payload_stays()
    {
        const string head = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nUser-Agent: x\r\n\r\n";
        var (status, server, consumed, _) = Run(null, head + "\x16\x03\x01");
        Assert.Equal((HttpProxyStatus.NeedDecision, head.Length), (status, consumed));
        Assert.True(server.IsTunnel);
        Assert.Equal(Host.At("example.com:443"), server.Destination);
        Assert.True(server.UpstreamHead.IsEmpty);
        var answer = new byte[HttpProxyServer.MaxOutput];
        var length = server.Accept(answer);
        Assert.Equal("HTTP/1.1 200 Connection established\r\n\r\n", Encoding.ASCII.GetString(answer, 0, length));
    }

    [Theory]
    [InlineData("GET http://a.example/x?y HTTP/1.1\r\nHost: wrong\r\nAccept: */*\r\nProxy-Connection: keep-alive\r\n",
        "a.example:80", "GET /x?y HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n")]
    [InlineData("GET http://a.example:8080 HTTP/1.0\r\n", "a.example:8080",
        "GET / HTTP/1.0\r\nHost: a.example:8080\r\n")]
    [InlineData("GET HTTP://[::1]:81?q HTTP/1.1\r\n" + Fields, "[::1]:81", "GET /?q HTTP/1.1\r\nHost: [::1]:81\r\n")]
    [InlineData("OPTIONS http://a.example HTTP/1.1\r\n" + Fields, "a.example:80",
        "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nConnection: X-One , keep-alive\r\nx-one: 1\r\nX-Two: 2\r\nTE: trailers\r\n"
        + "Upgrade: websocket\r\nKeep-Alive: 3\r\nProxy-Authorization: Basic eA==\r\n",
        "a:80", "GET / HTTP/1.1\r\nHost: a\r\nX-Two: 2\r\n")]
    [InlineData("POST http://a/ HTTP/1.1\r\nConnection: content-length\r\nContent-Length: 3\r\n",
        "a:80", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n")]
    public void Absolute_form_is_rewritten_for_the_origin(string head, string destination, string upstream)
    {
        var (status, server, _, _) = Run(null, head + "\r\n");
        Assert.Equal(HttpProxyStatus.NeedDecision, status);
        Assert.False(server.IsTunnel);
        Assert.Equal(Host.At(destination), server.Destination);
        Assert.Equal(upstream + "Connection: close\r\n\r\n", Encoding.ASCII.GetString(server.UpstreamHead.Span));
        Assert.Equal(0, server.Accept(new byte[HttpProxyServer.MaxOutput]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("GET https://a/ HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("GET http://u:p@a/ HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("GET http://a:0/ HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("GET http://a/#f HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("CONNECT a HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("CONNECT http://a:443 HTTP/1.1\r\n" + Fields, HttpProxyFault.BadTarget)]
    [InlineData("GET http://a/ HTTP/2.0\r\n" + Fields, HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/\r\n" + Fields, HttpProxyFault.MalformedHead)]
    [InlineData("G@T http://a/ HTTP/1.1\r\n" + Fields, HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost : h\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nA: b\r\n c\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\nHost: h\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nA: b\rc\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nA: \u0001\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nContent-Length: +1\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n", HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        HttpProxyFault.MalformedHead)]
    [InlineData("GET http://a/ HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n", HttpProxyFault.MalformedHead)]
    public void What_could_be_read_in_two_ways_is_refused(string head, HttpProxyFault fault)
    {
        var (status, server, _, answer) = Run(null, head + "\r\n");
        Assert.Equal((HttpProxyStatus.Failed, fault), (status, server.Fault));
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.EndsWith("Connection: close\r\nContent-Length: 0\r\n\r\n", answer);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("Proxy-Authorization: Basic YWxpOnNlY3JldA==\r\n", true)]
    [InlineData("proxy-authorization: bAsIc YWxpOnNlY3JldA==\r\n", true)]
    [InlineData("Proxy-Authorization: Basic YWxpOnNlY3JldQ==\r\n", false)]
    [InlineData("Proxy-Authorization: Basic ???\r\n", false)]
    [InlineData("Proxy-Authorization: Basic YWxp\r\n", false)]
    [InlineData("Proxy-Authorization: Digest x\r\n", false)]
    [InlineData("Proxy-Authorization:\r\n", false)]
    [InlineData("Authorization: Basic YWxpOnNlY3JldA==\r\n", false)]
    public void Credentials_are_asked_for_when_set(string field, bool right)
    {
        var head = "CONNECT a:443 HTTP/1.1\r\n" + field + "\r\n";
        var (status, _, _, answer) = Run(new ProxyCredentials("ali", "secret"), head);
        Assert.Equal(right ? HttpProxyStatus.NeedDecision : HttpProxyStatus.Failed, status);
        if (!right)
        {
            Assert.StartsWith("HTTP/1.1 407 ", answer);
            Assert.Contains("\r\nProxy-Authenticate: Basic realm=\"karez\"", answer);
        }
    }

    [Fact]
    public void A_head_that_does_not_end_is_refused_at_64_KiB()
    {
        var endless = "GET http://a/ HTTP/1.1\r\nA: " + new string('b', HttpHead.MaxLength);
        Assert.Equal(HttpProxyStatus.NeedInput, Run(null, endless[..HttpHead.MaxLength]).Status);
        var (status, server, _, answer) = Run(null, endless);
        Assert.Equal((HttpProxyStatus.Failed, HttpProxyFault.HeadTooLong), (status, server.Fault));
        Assert.StartsWith("HTTP/1.1 431 ", answer);
    }

    [Fact]
    public void The_longest_name_fits_into_the_rewritten_head()
    {
        var name = new string('n', Destination.MaxName);
        var (_, server, _, _) = Run(null, $"GET http://{name}:65535 HTTP/1.1\r\n\r\n");
        Assert.Equal($"GET / HTTP/1.1\r\nHost: {name}:65535\r\nConnection: close\r\n\r\n",
            Encoding.ASCII.GetString(server.UpstreamHead.Span));
    }

    [Fact]
    public void Every_partial_head_waits_and_consumes_nothing()
    {
        const string head = "GET http://a.example/x?y HTTP/1.1\r\nHost: wrong\r\nAccept: */*\r\n\r\n";
        for (var cut = 0; cut < head.Length; cut++)
        {
            var (status, _, consumed, _) = Run(null, head[..cut]);
            Assert.Equal((HttpProxyStatus.NeedInput, 0), (status, consumed));
        }
    }

    [Theory]
    [InlineData("", "", "GET http://b/ HTTP/1.1\r\n\r\n")]
    [InlineData("Content-Length: 5\r\n", "hello", "GET http://b/ HTTP/1.1\r\n\r\n")]
    [InlineData("Content-Length: 0\r\n", "", "x")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "x")]
    [InlineData("Transfer-Encoding: Chunked\r\n",
        "1a;n=\"v\"\r\n12345678901234567890123456\r\nA \r\n0123456789\r\n0\r\nT: v\r\nU: w\r\n\r\n", "GET ")]
    public void The_body_ends_where_it_ends_however_it_is_cut(string fields, string body, string next)
    {
        for (var piece = 1; piece <= body.Length + next.Length; piece++)
        {
            var server = Run(null, "POST http://a/ HTTP/1.1\r\n" + fields + "\r\n").Server;
            var stream = Encoding.ASCII.GetBytes(body + next);
            var at = 0;
            while (!server.RequestBody.IsOver)
            {
                var shown = stream.AsSpan(at, Math.Min(piece, stream.Length - at));
                Assert.True(server.RequestBody.Feed(shown, out var count));
                at += count;
            }

            Assert.Equal(body.Length, at);
            Assert.True(server.RequestBody.Feed(stream.AsSpan(at), out var more));
            Assert.Equal(0, more);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("5\nhello")]
    [InlineData("5\r\nhelloX")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("0\r\nA: b\n\r\n")]
    public void Broken_chunks_are_told(string body)
    {
        var server = Run(null, "POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").Server;
        Assert.False(server.RequestBody.Feed(Encoding.ASCII.GetBytes(body), out _));
    }

    [Fact]
    public void The_response_tells_the_client_to_close()
    {
        const string origin = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive, x-gone\r\nX-Gone: 1\r\n"
            + "Keep-Alive: 5\r\n\r\nhello";
        const string client = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        var input = Encoding.ASCII.GetBytes(origin);
        for (var piece = 1; piece <= input.Length; piece++)
        {
            var rewriter = new HttpResponseRewriter();
            var answer = new List<byte>();
            var (at, shown) = (0, 0);
            while (!rewriter.IsPassing)
            {
                shown = Math.Min(shown + piece, input.Length);
                while (true)
                {
                    var output = new byte[shown - at + HttpResponseRewriter.Growth];
                    var status = rewriter.Advance(
                        input.AsSpan(at, shown - at), output, out var consumed, out var produced);
                    Assert.NotEqual(ParseStatus.Failed, status);
                    at += consumed;
                    answer.AddRange(output[..produced]);
                    if (consumed == 0 || rewriter.IsPassing)
                        break;
                }
            }

            Assert.Equal(client, Encoding.ASCII.GetString(answer.ToArray()) + origin[at..]);
        }
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\n")]
    [InlineData("HTTP/2\r\n\r\n")]
    public void An_origin_that_speaks_no_HTTP_is_told(string text) =>
        Assert.Equal(ParseStatus.Failed, new HttpResponseRewriter().Advance(
            Encoding.ASCII.GetBytes(text), new byte[200], out _, out _));

    [Fact]
    public void Failures_have_their_codes()
    {
        foreach (var (failure, code) in new[]
        {
            (FlowFailure.General, "502"), (FlowFailure.Refused, "502"), (FlowFailure.HostUnreachable, "502"),
            (FlowFailure.NetworkUnreachable, "502"), (FlowFailure.TimedOut, "504"), (FlowFailure.Forbidden, "403"),
        })
        {
            var answer = new byte[HttpProxyServer.MaxOutput];
            var length = HttpProxyServer.Refuse(failure, answer);
            Assert.StartsWith("HTTP/1.1 " + code, Encoding.ASCII.GetString(answer, 0, length));
        }
    }

    [Fact]
    public void Random_heads_never_throw() =>
        Gen.Select(
            Gen.OneOf(Gen.Byte, Gen.Int[0, 9].Select(i => (byte)"\r\n: ,GET\t/"[i])).Array[0, 200], Gen.Int[0, 3])
            .Sample((octets, kind) =>
            {
                byte[] start = kind switch
                {
                    0 => [],
                    1 => "GET http://a/ HTTP/1.1\r\n"u8.ToArray(),
                    2 => "CONNECT "u8.ToArray(),
                    _ => "POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(),
                };
                byte[] input = [.. start, .. octets, .. "\r\n\r\n"u8];
                var server = new HttpProxyServer(null);
                var output = new byte[HttpProxyServer.MaxOutput];
                var status = server.Advance(input, output, out var consumed, out _);
                if (status == HttpProxyStatus.NeedDecision)
                    server.RequestBody.Feed(input.AsSpan(consumed), out _);
                new HttpResponseRewriter().Advance(input, new byte[1000], out _, out _);
            });

    private static (HttpProxyStatus Status, HttpProxyServer Server, int Consumed, string Answer) Run(
        ProxyCredentials? credentials, string input)
    {
        var server = new HttpProxyServer(credentials);
        var output = new byte[HttpProxyServer.MaxOutput];
        var status = server.Advance(Encoding.Latin1.GetBytes(input), output, out var consumed, out var produced);
        return (status, server, consumed, Encoding.ASCII.GetString(output, 0, produced));
    }
}
