using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Karez.Lab.Probers;

/// <summary>Makes probes' connections and says how the server reacted.</summary>
public sealed class Prober(ProbeGate gate, TimeSpan patience)
{
    private const int MaxAnswer = 1 << 20; // Our limit.
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(30);

    /// <summary>Makes one connection.</summary>
    public async Task<Reaction> VisitAsync(ProbeTarget target, Probe probe, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(probe);
        await gate.PassAsync(target.EndPoint.Address, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience + TimeSpan.FromSeconds(5));
        using var socket = target.Open();
        socket.NoDelay = true;
        try
        {
            await socket.ConnectAsync(target.EndPoint, limit.Token);
            return probe.Handshake is { } alpn
                ? await HandshakeAsync(socket, target.ServerName, alpn, limit.Token)
                : await ExchangeAsync(socket, probe, limit.Token);
        }
        catch (SocketException e)
        {
            return new Reaction($"no connection ({e.SocketErrorCode})", null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Reaction(Reaction.Unreached, null, null);
        }
    }

    private async Task<Reaction> ExchangeAsync(Socket socket, Probe probe, CancellationToken cancellationToken)
    {
        var (broken, sent) = (false, Stopwatch.GetTimestamp());
        var reading = ReadAsync(socket, () => sent, cancellationToken);
        try
        {
            if (!probe.Octets.IsEmpty)
                await socket.SendAsync(probe.Octets, cancellationToken);
            foreach (var more in probe.Then ?? [])
            {
                await Task.Delay(s_apart, cancellationToken);
                await socket.SendAsync(more, cancellationToken);
            }

            sent = Stopwatch.GetTimestamp();
            if (probe.Finish)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            broken = true; // It ended while we wrote; the reader says how.
        }

        var (octets, end, first, ended) = await reading;
        // How much of a refused probe was written is a matter of timing; that it was refused is not.
        var how = broken && end == "waits" ? "RST" : end;
        return new Reaction($"{ReactionShape.Describe(octets)}; {how}", first, ended);
    }

    private async Task<(byte[] Octets, string End, double? First, double? Ended)> ReadAsync(
        Socket socket, Func<long> sent, CancellationToken cancellationToken)
    {
        var octets = new byte[MaxAnswer];
        var (filled, first) = (0, (double?)null);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(patience);
        try
        {
            while (filled < MaxAnswer)
            {
                var count = await socket.ReceiveAsync(octets.AsMemory(filled), enough.Token);
                if (count == 0)
                    return (octets[..filled], "FIN", first, Since(sent()));
                first ??= Since(sent());
                filled += count;
            }

            return (octets, "much", first, null);
        }
        catch (SocketException)
        {
            return (octets[..filled], "RST", first, Since(sent()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (octets[..filled], "waits", first, null);
        }
    }

    /// <summary>A handshake by the framework's TLS; the lengths of the server's records are what counts.</summary>
    private static async Task<Reaction> HandshakeAsync(
        Socket socket, string name, string alpn, CancellationToken cancellationToken)
    {
        await using var records = new RecordingStream(new NetworkStream(socket, ownsSocket: false));
        await using var tls = new SslStream(records, leaveInnerStreamOpen: false);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    ApplicationProtocols = [new SslApplicationProtocol(alpn)],
                    EnabledSslProtocols = SslProtocols.Tls13,
                    // Who it is does not matter here; the certificate's length is compared with the cover's.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                },
                cancellationToken);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return new Reaction($"{ReactionShape.Describe(records.Received)}; refused", Since(began), null);
        }

        var first = Since(began);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(TimeSpan.FromMilliseconds(700)); // Our choice; tickets come within a round trip.
        try
        {
            await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, enough.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var shape = ReactionShape.Describe(records.Received);
        return new Reaction($"{tls.NegotiatedApplicationProtocol}: {shape}", first, null);
    }

    private static double Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalMilliseconds;
}
