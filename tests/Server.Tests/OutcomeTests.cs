using System.Net;
using System.Net.Sockets;
using Karez.Client;

namespace Karez.Server.Tests;

/// <summary>What local programs hear of a destination that cannot be reached; docs/decisions/verdict.md.</summary>
public class OutcomeTests
{
    // getaddrinfo knows without asking anybody that a label of 64 octets is none.
    private static readonly string NoName = new string('x', 64) + ".example";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_port_and_a_name_that_is_none_are_told_with_their_codes(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        var closed = ClosedPort();
        Assert.Equal((5, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.1", closed));
        Assert.Equal((4, true), await LocalTalk.SocksAsync(bed.Client, NoName, 22));
        Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(bed.Client, $"CONNECT 127.0.0.1:{closed}"));
        Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(bed.Client, $"CONNECT {NoName}:22"));
        Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(bed.Client, $"GET http://127.0.0.1:{closed}/"));
        Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(bed.Client, $"GET http://{NoName}/"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_exit_forbids_is_told_as_forbidden(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision, allowPrivate: false);
        Assert.Equal((2, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.1", 22));
        Assert.StartsWith("HTTP/1.1 403 ", await LocalTalk.HttpAsync(bed.Client, "CONNECT 169.254.169.254:22"));
        Assert.StartsWith("HTTP/1.1 403 ", await LocalTalk.HttpAsync(bed.Client, "GET http://127.0.0.1/"));
    }

    [Fact]
    public async Task A_destination_that_is_silent_is_told_as_timed_out()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var silent = new SilentPort();
        var socks = LocalTalk.SocksAsync(bed.Client, "127.0.0.1", silent.Port);
        var tunnel = LocalTalk.HttpAsync(bed.Client, $"CONNECT 127.0.0.1:{silent.Port}");
        var forwarded = LocalTalk.HttpAsync(bed.Client, $"GET http://127.0.0.1:{silent.Port}/");
        Assert.Equal((6, true), await socks);
        Assert.StartsWith("HTTP/1.1 504 ", await tunnel);
        Assert.StartsWith("HTTP/1.1 504 ", await forwarded);
    }

    [Fact]
    public async Task A_web_port_hears_the_reason_too_and_is_answered_early_only_after_it_stood()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        // Nothing listens on these: the whole of 127.0.0.0/8 is this machine.
        Assert.Equal((5, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.99", 8443));
        Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(bed.Client, "CONNECT 127.0.0.99:8443"));
        using (var site = new TcpListener(IPAddress.Parse("127.0.0.98"), 8443))
        {
            site.Start();
            var leaving = Task.Run(async () => (await site.AcceptSocketAsync()).Dispose());
            Assert.Equal((0, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.98", 8443));
            await leaving;
        }

        Assert.Equal((0, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.98", 8443));
        Assert.Equal((5, true), await LocalTalk.SocksAsync(bed.Client, "127.0.0.98", 8443));
    }

    [Fact]
    public async Task Answers_can_be_early_or_late_for_all_ports()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        var closed = ClosedPort();
        await using (var early = bed.Connect(bed.LinkOf(bed.Person), AnswerMode.Early))
        {
            Assert.Equal((0, true), await LocalTalk.SocksAsync(early, "127.0.0.1", closed));
            Assert.Equal((0, true), await LocalTalk.SocksAsync(early, "127.0.0.1", closed));
            Assert.StartsWith("HTTP/1.1 502 ", await LocalTalk.HttpAsync(early, $"GET http://127.0.0.1:{closed}/"));
        }

        await using var late = bed.Connect(bed.LinkOf(bed.Person), AnswerMode.Late);
        Assert.Equal((5, true), await LocalTalk.SocksAsync(late, "127.0.0.97", 8443));
    }

    [Fact]
    public async Task The_site_is_named_when_it_is_what_failed_before_anything_passed()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        var failures = new List<SiteFault>();
        bed.Client.SiteFailed += failures.Add;
        await LocalTalk.SocksAsync(bed.Client, "127.0.0.1", ClosedPort());
        Assert.Equal([SiteFault.Refused], failures);

        await using var origin = new TestSite((byte)'o', null);
        using var http = ChannelBed.Through(bed.Client);
        Assert.Equal("o", await http.GetStringAsync(origin.Page(1)));
        await LocalTalk.SocksAsync(bed.Client, "127.0.0.1", ClosedPort());
        Assert.Single(failures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_destination_that_speaks_first_is_heard_after_the_answer(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var speaking = Task.Run(async () =>
        {
            using var caller = await listener.AcceptTcpClientAsync();
            await caller.GetStream().WriteAsync("220 hello\r\n"u8.ToArray());
            await caller.GetStream().ReadAtLeastAsync(new byte[4], 4);
            await caller.GetStream().WriteAsync("221 bye\r\n"u8.ToArray());
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bed.Client.Listening);
        await using var stream = new NetworkStream(socket);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await stream.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port]);
        var head = new byte[12];
        await stream.ReadExactlyAsync(head);
        Assert.Equal(0, head[3]);
        using var reader = new StreamReader(stream);
        Assert.Equal("220 hello", await reader.ReadLineAsync());
        await stream.WriteAsync("QUIT"u8.ToArray());
        Assert.Equal("221 bye", await reader.ReadLineAsync());
        await speaking;
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A port whose queue is full: the kernel drops what comes, as a host that is away.</summary>
    private sealed class SilentPort : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public SilentPort()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    Blocking = false,
                };
                _waiting.Add(caller);
                try
                {
                    caller.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // On its way, or dropped: the queue is full after the first.
                }
            }
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose()
        {
            _waiting.ForEach(s => s.Dispose());
            _listener.Dispose();
        }
    }
}
