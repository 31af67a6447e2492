using System.Net;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Tls;
using Karez.Tls.Handshake;

namespace Karez.Net.Tunnel;

/// <summary>Makes tunnels to a node: a browser's hello with a sealed session id, and a look at who answered.</summary>
public sealed class RealityDialer(DialPlan plan)
{
    /// <summary>Connects and shakes hands.</summary>
    /// <param name="loop">The calling loop; the tunnel stays on it.</param>
    /// <param name="node">The node's address.</param>
    /// <exception cref="TunnelException">Why not.</exception>
    public async ValueTask<Tunnel> DialAsync(EventLoop loop, EndPoint node)
    {
        ArgumentNullException.ThrowIfNull(loop);
        Connection connection;
        using var silence = new LoopTimer(loop, () => plan.Silent?.Invoke());
        try
        {
            silence.Set(plan.Silence);
            connection = await Connection.ConnectAsync(loop, node, plan.ConnectTimeout, plan.Connect);
        }
        catch (ConnectionException exception)
        {
            throw new TunnelException(TunnelFault.NodeUnreachable, innerException: exception);
        }

        silence.Cancel();
        try
        {
            using var limit = new LoopTimer(loop, () => connection.Abort(ConnectionFault.TimedOut));
            limit.Set(plan.HandshakeTimeout);
            return await ShakeHandsAsync(connection);
        }
        catch (ConnectionException exception)
        {
            Waste(connection);
            throw new TunnelException(TunnelFault.PathBroken, innerException: exception);
        }
        catch
        {
            Waste(connection);
            throw;
        }
    }

    private void Waste(Connection connection)
    {
        plan.Wasted?.Invoke(connection.BytesMoved);
        connection.Dispose();
    }

    private async ValueTask<Tunnel> ShakeHandsAsync(Connection connection)
    {
        using var reality = new RealityClient(plan.Link);
        using var ready = plan.Hellos?.Take() ?? ReadyHellos.Draw(plan.Profile, plan.Link, plan.Entropy);
        var offer = new ClientOffer
        {
            Hello = ready.Browser.Hello,
            KeyShares = ready.Browser.KeyShares,
            AcceptEd25519 = true, // the node signs with it although browsers do not offer it
            Decompressor = plan.Decompressor,
        };
        if (ready.Agreed is null)
            throw new TunnelException(TunnelFault.BadLink);
        reality.Seal(offer, ready.Agreed.Octets, plan.Time.GetUtcNow().ToUnixTimeSeconds());
        using var tls = new TlsClient(offer, plan.Entropy);
        using var input = connection.Loop.Buffers.Rent(BufferSize.Records);
        using var output = connection.Loop.Buffers.Rent(BufferSize.Small);
        var (start, end, recognised) = (0, 0, false);
        var judged = TlsFault.None;
        while (true)
        {
            var status = tls.Advance(
                input.Span[start..end], output.Span, connection.Loop.Now, out var consumed, out var produced);
            start += consumed;
            if (produced > 0)
                await connection.WriteAsync(output.Memory[..produced]);
            switch (status)
            {
                case TlsStatus.Done when recognised:
                    return new Tunnel(connection, tls.TakeSession(), input.Span[start..end])
                    {
                        TellsOutcomes = reality.TellsOutcomes(tls.Identity),
                    };
                case TlsStatus.Done:
                    await LeaveAsync(connection, tls, output);
                    throw new TunnelException(TunnelFault.NotRecognised);
                case TlsStatus.NeedDecision:
                    recognised = Decide(tls, reality, out judged);
                    break;
                case TlsStatus.NeedOutputSpace:
                    break;
                case TlsStatus.NeedInput:
                    if (start > 0)
                    {
                        input.Span[start..end].CopyTo(input.Span);
                        (start, end) = (0, end - start);
                    }

                    var count = await connection.ReadAsync(input.Memory[end..]);
                    if (count == 0)
                        throw new TunnelException(TunnelFault.PathBroken);
                    end += count;
                    break;
                default:
                    var foreign = tls.Fault == TlsFault.UntrustedCertificate;
                    throw new TunnelException(
                        foreign ? TunnelFault.ForeignCertificate : TunnelFault.BrokenTls, foreign ? judged : tls.Fault);
            }
        }
    }

    /// <summary>
    /// The node's certificate opens the tunnel. The site's own lets the handshake end as any browser's would; anything
    /// else is refused with an alert, as browsers do.
    /// </summary>
    private bool Decide(TlsClient tls, RealityClient reality, out TlsFault judged)
    {
        judged = TlsFault.None;
        if (reality.IsNode(tls.Identity))
        {
            tls.Accept();
            return true;
        }

        judged = plan.Judge(tls.Identity, plan.Link.ServerName);
        if (judged == TlsFault.None)
            tls.Accept();
        else
            tls.Reject(TlsFault.UntrustedCertificate);
        return false;
    }

    /// <summary>Leaves a site politely, as a browser leaves a connection that it opened in advance.</summary>
    private static async ValueTask LeaveAsync(Connection connection, TlsClient tls, Rented output)
    {
        using var session = tls.TakeSession();
        var length = session.SealCloseNotify(output.Span);
        await connection.WriteAsync(output.Memory[..length]);
        connection.ShutdownWrite();
    }
}
