using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Karez.Lab.Probers;
using Karez.Lab.Worlds;
using Karez.Observe;

namespace Karez.Lab.Tests.Probers;

/// <summary>Probers see what differs, and nothing where nothing does.</summary>
public class ProberTests
{
    private static readonly Probe s_random = new("t11", "64 random octets", new byte[64]);

    [Fact]
    public async Task Servers_of_one_kind_do_not_differ()
    {
        using var one = new Server(AnswerAsync);
        using var other = new Server(AnswerAsync);
        var comparison = Compare(one, other);
        foreach (var probe in ProbeSets.Thresholds("www.a.example", new Random(1)).Take(4))
        {
            var found = await comparison.CompareAsync(probe, 2, Token);
            Assert.False(found.Differs, $"{probe.Name}: {string.Join(" | ", found.Node.Keys.Concat(found.Cover.Keys))}");
        }

        static async Task AnswerAsync(Socket socket)
        {
            await socket.ReceiveAsync(new byte[1 << 16]);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 400 Bad Request\r\nDate: {DateTime.UtcNow:O}\r\nConnection: close\r\n\r\nno\n"));
            socket.Shutdown(SocketShutdown.Both);
        }
    }

    [Theory]
    [InlineData("a", "a", false, true)]
    [InlineData("a", "b", true, true)]
    [InlineData("a;b", "b;c", false, true)]
    [InlineData(Reaction.Unreached, Reaction.Unreached, false, false)] // nothing is known
    [InlineData("a;" + Reaction.Unreached, Reaction.Unreached + ";b", true, true)] // to be lost on the way is nothing shared
    [InlineData(Reaction.Unreached, "a", true, true)]
    public void What_did_not_get_there_says_nothing(string ours, string theirs, bool differ, bool compared)
    {
        Assert.Equal(differ, ProbeComparison.Differ(ours.Split(';'), theirs.Split(';')));
        var (node, cover) = (Counts(ours), Counts(theirs));
        Assert.Equal(compared, new ProbeFinding("a", "t11", "b", node, cover, 1, differ).Compared);

        static Dictionary<string, int> Counts(string shapes) => shapes.Split(';').ToDictionary(shape => shape, _ => 1);
    }

    [Fact]
    public async Task A_close_a_reset_and_patience_are_told_apart()
    {
        using var closes = new Server(async socket =>
        {
            await socket.ReceiveAsync(new byte[64]);
            socket.Shutdown(SocketShutdown.Both);
        });
        using var resets = new Server(async socket =>
        {
            await socket.ReceiveAsync(new byte[8]); // Closing with unread octets resets.
            socket.Close();
        });
        using var waits = new Server(async socket => await Task.Delay(10_000));
        Assert.Equal(["nothing; FIN"], (await Compare(closes, waits).CompareAsync(s_random, 1, Token)).Node.Keys);
        var found = await Compare(resets, waits).CompareAsync(s_random, 1, Token);
        Assert.Equal(["nothing; RST"], found.Node.Keys);
        Assert.Equal(["nothing; waits"], found.Cover.Keys);
        Assert.True(found.Differs);
    }

    [Fact]
    public async Task A_server_that_thinks_longer_is_found_by_time()
    {
        using var slow = new Server(socket => AnswerAfter(socket, 15));
        using var quick = new Server(socket => AnswerAfter(socket, 0));
        using var same = new Server(socket => AnswerAfter(socket, 0));
        var timing = await Compare(slow, quick).TimeAsync(s_random, 12, Token);
        Assert.InRange(timing.P, 0, 0.001);
        Assert.True(timing.NodeMs - timing.CoverMs > 10, $"{timing}");
        Assert.InRange((await Compare(same, quick).TimeAsync(s_random, 12, Token)).P, 0.001, 1);

        static async Task AnswerAfter(Socket socket, int milliseconds)
        {
            await socket.ReceiveAsync(new byte[64]);
            await Task.Delay(milliseconds);
            await socket.SendAsync(new byte[] { 21, 3, 1, 0, 2, 2, 40 });
        }
    }

    [Fact]
    public async Task Records_after_a_handshake_are_seen()
    {
        using var authority = new PrivateCa(1);
        var (chain, key) = authority.Issue("www.a.example");
        using var pem = X509Certificate2.CreateFromPem(chain, key);
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        using var tickets = new Server(socket => ServeAsync(socket, certificate, ticket: true));
        using var without = new Server(socket => ServeAsync(socket, certificate, ticket: false));
        var probe = ProbeSets.Tickets().First();
        var found = await Compare(tickets, without).CompareAsync(probe, 2, Token);
        Assert.True(found.Differs, string.Join(" | ", found.Node.Keys.Concat(found.Cover.Keys)));
        Assert.All(found.Node.Keys, shape => Assert.StartsWith("h2: 22:", shape, StringComparison.Ordinal));
        Assert.False((await Compare(tickets, tickets).CompareAsync(probe, 2, Token)).Differs);

        static async Task ServeAsync(Socket socket, X509Certificate2 certificate, bool ticket)
        {
            await using var tls = new SslStream(new NetworkStream(socket));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                AllowTlsResume = ticket,
            });
            await Task.Delay(2000);
        }
    }

    [Fact]
    public void Hellos_are_what_an_observer_reads()
    {
        foreach (var probe in ProbeSets.Stack("www.a.example", new Random(1)))
            Assert.True(HelloFields.TryParseStream(probe.Octets.Span, out _), probe.Name);
        Assert.True(HelloFields.TryParseStream(
            new HelloSpec { ServerName = "www.a.example", Versions = [0x0304], Alpn = ["h2"] }.ToRecord(new Random(1)), out var read));
        Assert.Equal("www.a.example", read!.ServerName);
        Assert.Equal(["h2"], read.Alpn);
        Assert.Equal([(ushort)0x0304], read.SupportedVersions);
        Assert.Equal(32, read.SessionId.Length);
        Assert.Single(read.KeyShares);
    }

    [Fact]
    public void The_rank_test_is_that_of_the_books()
    {
        // Equal samples, separate samples (exact p for 8 and 8 is 1.6e-4; the approximation is coarser), ties.
        Assert.Equal(1, RankTest.P([1, 2, 3, 4], [1, 2, 3, 4]));
        Assert.InRange(RankTest.P([1, 2, 3, 4, 5, 6, 7, 8], [11, 12, 13, 14, 15, 16, 17, 18]), 5e-4, 1.2e-3);
        Assert.Equal(1, RankTest.P([5, 5, 5], [5, 5, 5]));
        Assert.Equal(1, RankTest.P([], [1]));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ProbeComparison Compare(Server node, Server cover) => new(
        new Prober(ProbeGate.OfWorld(new HashSet<string>()), TimeSpan.FromSeconds(0.6)), node.Target, cover.Target, "test");

    /// <summary>A listener on loopback that does one thing with each connection.</summary>
    private sealed class Server : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public Server(Func<Socket, Task> serve)
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            _ = AcceptAsync(serve);
        }

        public ProbeTarget Target => new(
            (IPEndPoint)_listener.LocalEndPoint!,
            "www.a.example",
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync(Func<Socket, Task> serve)
        {
            try
            {
                while (true)
                    _ = ServeAsync(await _listener.AcceptAsync(), serve);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static async Task ServeAsync(Socket socket, Func<Socket, Task> serve)
        {
            using (socket)
            {
                try
                {
                    await serve(socket);
                }
                catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
                {
                    // The prober has gone.
                }
            }
        }
    }
}
