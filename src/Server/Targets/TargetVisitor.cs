using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Secure;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Server.Targets;

/// <summary>Visits a site as a browser would, up to the end of the handshake, and writes down what it sends.</summary>
internal sealed class TargetVisitor(ChainVerifier verifier, IEntropy entropy, bool announces = false)
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_handshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Visits once, on the calling loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="target">The site's address.</param>
    /// <param name="name">Its name.</param>
    /// <param name="alpn">What to ask for.</param>
    /// <param name="quiet">How long it has to be silent after the handshake until the visit is over.</param>
    /// <param name="asks">Whether to begin a request in the same write as the Finished.</param>
    public async ValueTask<TargetVisit> VisitAsync(
        EventLoop loop, EndPoint target, string name, AlpnClass alpn, TimeSpan quiet, bool asks = false)
    {
        var began = loop.Now;
        try
        {
            using var connection = await DialAsync(loop, target);
            var roundTrip = loop.Now - began;
            using var call = new TargetCall(connection, OfferFor(name, alpn), entropy);
            using (var limit = new LoopTimer(loop, () => connection.Abort(ConnectionFault.TimedOut)))
            {
                limit.Set(s_handshakeTimeout);
                if (!await call.ShakeHandsAsync(asks ? name : null))
                    return new TargetVisit { Trouble = TroubleOf(call), RoundTrip = roundTrip };
            }

            return new TargetVisit
            {
                Trouble = call.FlightTrouble(),
                RoundTrip = roundTrip,
                Alpn = call.Identity.Alpn,
                Group = call.Identity.Group.ToString(),
                ChainValid = verifier.IsValid(call.Identity, name),
                CertificateOctets = call.Identity.CertificateChain.Sum(c => c.Length),
                Records = call.FlightRecords(),
                After = await call.ListenAsync(quiet),
            };
        }
        catch (ConnectionException exception)
        {
            var trouble = exception.Fault switch
            {
                ConnectionFault.Refused => "it refuses connections",
                ConnectionFault.TimedOut => "it does not answer in time",
                ConnectionFault.Unreachable => "there is no way to it",
                _ => "it breaks off the handshake",
            };
            return new TargetVisit { Trouble = trouble };
        }
    }

    /// <summary>Measures how many records without content, in a row, it bears; 0 when no limit was found.</summary>
    public async ValueTask<int?> MeasureToleranceAsync(EventLoop loop, EndPoint target, string name, AlpnClass alpn)
    {
        try
        {
            using var connection = await DialAsync(loop, target);
            using var limit = new LoopTimer(loop, () => connection.Abort(ConnectionFault.TimedOut));
            limit.Set(2 * s_handshakeTimeout);
            using var call = new TargetCall(connection, OfferFor(name, alpn), entropy);
            if (!await call.ShakeHandsAsync())
                return null;
            await call.ListenAsync(TimeSpan.FromSeconds(1));

            // The same steps as XTLS/REALITY record_detect.go at 9234c772: 2, then 15, then 16 records.
            foreach (var (more, found) in ((int, int)[])[(2, 1), (15, 16), (16, 32)])
            {
                if (!await call.BearsAsync(more))
                    return found;
            }

            return 0;
        }
        catch (ConnectionException)
        {
            return null;
        }
    }

    /// <summary>
    /// Shakes hands, asks nothing or half a question, and sees what the target does and when and how it ends it.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="target">The site's address.</param>
    /// <param name="name">Its name.</param>
    /// <param name="alpn">What to ask for.</param>
    /// <param name="asks">Whether to begin a request.</param>
    /// <param name="unasked">Records that it sends after every handshake; they are not part of what is seen.</param>
    /// <param name="longest">How long to wait for the end.</param>
    public async ValueTask<TargetPatience?> WaitOutAsync(
        EventLoop loop, EndPoint target, string name, AlpnClass alpn, bool asks, int unasked, TimeSpan longest)
    {
        try
        {
            using var connection = await DialAsync(loop, target);
            using var call = new TargetCall(connection, OfferFor(name, alpn), entropy);
            using (var limit = new LoopTimer(loop, () => connection.Abort(ConnectionFault.TimedOut)))
            {
                limit.Set(s_handshakeTimeout);
                if (!await call.ShakeHandsAsync())
                    return null;
            }

            return await call.WaitOutAsync(asks ? name : null, unasked, longest);
        }
        catch (ConnectionException)
        {
            return null;
        }
    }

    private ValueTask<Connection> DialAsync(EventLoop loop, EndPoint target) =>
        TargetDial.ConnectAsync(loop, target, s_connectTimeout, announces, caller: null);

    private ClientOffer OfferFor(string name, AlpnClass alpn) => BrowserHello.Build(
        BrowserProfile.Default,
        new HelloRequest
        {
            ServerName = name,
            Alpn = alpn switch
            {
                AlpnClass.None => [],
                AlpnClass.Http1 => ["http/1.1"],
                _ => null,
            },
        },
        entropy);

    private static string TroubleOf(TargetCall call) => call.Fault switch
    {
        TlsFault.SelectedOldVersion or TlsFault.MarkedDowngrade or TlsFault.WrongLegacyVersion =>
            "it speaks no TLS 1.3",
        TlsFault.ReceivedAlert => "it answers a browser's hello with an alert",
        TlsFault.NotTls => "it speaks no TLS",
        TlsFault.ClosedDuringHandshake or TlsFault.None => "it breaks off the handshake",
        var fault => $"its handshake fails ({fault})",
    };
}
