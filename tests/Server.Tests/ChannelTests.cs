using System.Net.Sockets;
using Karez.Contracts;
using Karez.Net.Tunnel;

namespace Karez.Server.Tests;

public class ChannelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Pages_come_through_the_channel(bool vision, bool https)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var origin = new TestSite((byte)'o', https ? Certificates.Make() : null);
        using var http = ChannelBed.Through(bed.Client);
        foreach (var length in new[] { 1, 100, 16_384, 100_000, 5_000_000 })
        {
            var body = await http.GetByteArrayAsync(origin.Page(length)).WaitAsync(Patience);
            Assert.Equal(length, body.Length);
            Assert.DoesNotContain(body, b => b != (byte)'o');
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_come_through_the_http_proxy(bool https)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', https ? Certificates.Make() : null);
        using var http = ChannelBed.Through(bed.Client, "http");
        for (var visit = 0; visit < 3; visit++)
        {
            var body = await http.GetByteArrayAsync(origin.Page(100_000)).WaitAsync(Patience);
            Assert.Equal(100_000, body.Length);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://127.0.0.1:1/"));
        using var answer = await http.SendAsync(request).WaitAsync(Patience);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task A_stranger_meets_the_site()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        string? thumbprint = null;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                TargetHost = Certificates.Name,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    thumbprint = certificate?.Subject;
                    return true;
                },
            },
        });
        var body = await http.GetStringAsync(new Uri($"https://{bed.Node.Listening}/3")).WaitAsync(Patience);
        Assert.Equal("ttt", body);
        Assert.Equal($"CN={Certificates.Name}", thumbprint);
    }

    [Fact]
    public async Task A_revoked_persons_flows_end_within_a_second_and_the_next_hello_is_a_strangers()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        using var http = ChannelBed.Through(bed.Client);
        await using var body = await http.GetStreamAsync(origin.Page(500_000_000)).WaitAsync(Patience);
        await body.ReadExactlyAsync(new byte[100_000]);

        var failed = new TaskCompletionSource<TunnelException>();
        bed.Client.TunnelFailed += failed.SetResult;
        bed.Node.Reload(new Roster([]));
        var buffer = new byte[100_000];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var until = DateTime.UtcNow.AddSeconds(1);
            while (await body.ReadAsync(buffer) > 0)
                Assert.True(DateTime.UtcNow < until, "still flowing after a second");
            throw new IOException("ended early");
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(origin.Page(1)));
        Assert.Contains(
            (await failed.Task.WaitAsync(Patience)).Fault, new[] { TunnelFault.NotRecognised, TunnelFault.ForeignCertificate });
    }

    [Fact]
    public async Task A_short_id_with_another_persons_uuid_gets_silence()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        await using var stranger = bed.Connect(bed.Person with { Id = Guid.NewGuid() });
        using var http = ChannelBed.Through(stranger);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.GetStringAsync(origin.Page(1), soon.Token));
    }

    [Fact]
    public async Task The_exit_refuses_loopback_unless_the_lab_allows_it()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, allowPrivate: false);
        await using var origin = new TestSite((byte)'o', null);
        using var http = ChannelBed.Through(bed.Client);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(origin.Page(1)).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_client_that_keeps_connections_warm_takes_them_and_lets_them_go()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        await using var warm = bed.Connect(bed.LinkOf(bed.Person), warm: 2);
        for (var visit = 0; visit < 10; visit++)
        {
            using var http = ChannelBed.Through(warm);
            Assert.Equal("ooo", await http.GetStringAsync(origin.Page(3)).WaitAsync(Patience));
        }

        var ready = 2 * warm.Loops.Loops.Count;
        await WaitForAsync(() => bed.Node.Connections == ready, Patience);
        await warm.DisposeAsync();
        await WaitForAsync(() => bed.Node.Connections == 0, Patience);
    }

    [Fact]
    public async Task What_a_person_moves_is_counted_while_it_moves_and_a_bound_on_it_holds()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        using var http = ChannelBed.Through(bed.Client);
        await using var body = await http.GetStreamAsync(origin.Page(500_000_000)).WaitAsync(Patience);
        await body.ReadExactlyAsync(new byte[5_000_000]);
        var member = bed.Node.Membership.Members.Single(m => m.Person.Name == bed.Person.Name);
        Assert.InRange(member.Down, 5_000_000, 500_000_000);

        bed.Node.Reload(new Roster([bed.Person with { MaxOctetsPerSecond = 2_000_000 }]));
        Assert.Same(member, bed.Node.Membership.Members.Single());
        await body.ReadExactlyAsync(new byte[1_000_000]);
        await Task.Delay(500); // what stands in buffers
        var (before, watch) = (member.Down, System.Diagnostics.Stopwatch.StartNew());
        using var stop = new CancellationTokenSource(2_000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.CopyToAsync(Stream.Null, stop.Token));
        var rate = (member.Down - before) / watch.Elapsed.TotalSeconds;
        Assert.InRange(rate, 500_000, 3_000_000);
    }

    private static async Task WaitForAsync(Func<bool> condition, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        while (!condition() && DateTime.UtcNow < until)
            await Task.Delay(20);
        Assert.True(condition());
    }

    [Fact]
    public async Task Half_close_travels_both_ways()
    {
        await using var bed = await ChannelBed.StartAsync(vision: false);
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var origin = (System.Net.IPEndPoint)listener.LocalEndpoint;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var visitor = client.GetStream();
            using var heard = new MemoryStream();
            await visitor.CopyToAsync(heard);
            await visitor.WriteAsync(heard.ToArray());
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bed.Client.Listening);
        await socket.SendAsync(new byte[] { 5, 1, 0 });
        var reply = new byte[64];
        Assert.Equal(2, await socket.ReceiveAsync(reply));
        await socket.SendAsync(new byte[]
        {
            5, 1, 0, 1, 127, 0, 0, 1, (byte)(origin.Port >> 8), (byte)origin.Port,
        });
        Assert.Equal(10, await socket.ReceiveAsync(reply));
        await socket.SendAsync("all I have to say"u8.ToArray());
        await using var stream = new NetworkStream(socket);
        socket.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer).WaitAsync(Patience);
        Assert.Equal("all I have to say"u8.ToArray(), answer.ToArray());
        await serving.WaitAsync(Patience);
    }
}
