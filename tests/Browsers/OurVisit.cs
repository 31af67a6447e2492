using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Browsers;

/// <summary>Visits a site with our hello and our TLS machine, over a plain socket.</summary>
internal static class OurVisit
{
    private const string Name = "site.example";

    /// <summary>One request; gives the ticket that the site sent, if any.</summary>
    public static async Task<ResumptionTicket?> GoAsync(
        int port, ResumptionTicket? ticket, ulong seed, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var request = new HelloRequest { ServerName = Name, Ticket = ticket };
        var entropy = new SeededEntropy(seed);
        using var client = new TlsClient(BrowserHello.Build(BrowserProfile.Default, request, entropy), entropy);
        var input = new byte[1 << 16];
        var output = new byte[1 << 15];
        var filled = 0;
        while (true)
        {
            var status = client.Advance(input.AsSpan(0, filled), output, Now, out var consumed, out var produced);
            input.AsSpan(consumed, filled - consumed).CopyTo(input);
            filled -= consumed;
            if (produced > 0)
                await socket.SendAsync(output.AsMemory(0, produced), cancellationToken);
            if (status == TlsStatus.Done)
                break;
            if (status == TlsStatus.NeedDecision)
                client.Accept();
            else if (status == TlsStatus.NeedInput)
                filled += await socket.ReceiveAsync(input.AsMemory(filled), cancellationToken);
            else
                Assert.Fail($"{status}: {client.Fault} {client.PeerAlert}");
        }

        // A server is given the time to read the Finished alone.
        await Task.Delay(20, cancellationToken);
        using var session = client.TakeSession();
        await socket.SendAsync(Request(session), cancellationToken);
        while (true)
        {
            var status = session.Open(input.AsSpan(0, filled), out var consumed, out _, out _);
            input.AsSpan(consumed, filled - consumed).CopyTo(input);
            filled -= consumed;
            if (status == TlsReadStatus.Closed)
                break;
            Assert.NotEqual(TlsReadStatus.Failed, status);
            if (status == TlsReadStatus.NeedInput)
            {
                var read = await socket.ReceiveAsync(input.AsMemory(filled), cancellationToken);
                if (read == 0)
                    break;
                filled += read;
            }
        }

        return session.TryTakeTicket(Now, out var given) ? given : null;
    }

    private static Instant Now => new(Environment.TickCount64);

    private static byte[] Request(TlsSession session)
    {
        var buffer = new byte[1024];
        var request = "GET /ours HTTP/1.1\r\nHost: site.example\r\n\r\n"u8;
        request.CopyTo(buffer.AsSpan(RecordSealer.Headroom));
        return buffer[..session.Seal(buffer, RecordSealer.Headroom, request.Length)];
    }
}
