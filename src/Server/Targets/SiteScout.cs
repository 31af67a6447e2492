using Karez.Camouflage.Reality;
using Karez.Config;
using Karez.Net.Loops;
using Karez.Net.Resolve;
using Karez.Secure;

namespace Karez.Server.Targets;

/// <summary>Visits sites one after the other, to see which of them would do as targets.</summary>
public sealed class SiteScout : IAsyncDisposable
{
    // Tickets come within one round trip after Finished; servers that send none let this pass.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);

    private readonly LoopGroup _loops;
    private readonly Resolver _resolver;
    private readonly TargetVisitor _visitor;

    /// <summary>Makes ready.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Told of bugs.</param>
    public SiteScout(TimeProvider time, Action<Exception> unhandled)
    {
        _loops = new LoopGroup(1, time, unhandled);
        _resolver = new Resolver(ResolverOptions.Default, time);
        _visitor = new TargetVisitor(new ChainVerifier(time), SystemEntropy.Instance);
    }

    /// <summary>Visits a site once, as a browser would, up to the end of the handshake.</summary>
    /// <param name="site">Where it is.</param>
    /// <param name="name">Its name.</param>
    public async Task<TargetVisit> VisitAsync(Endpoint site, string name)
    {
        var watch = new TargetWatch(site, _resolver);
        try
        {
            await watch.ResolveAsync();
        }
        catch (TargetException e)
        {
            return new TargetVisit { Trouble = e.Message };
        }

        var loop = _loops.Next();
        return await loop.RunAsync(
            () => _visitor.VisitAsync(loop, watch.EndPoint, name, AlpnClass.Http2, s_quiet));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loops.DisposeAsync();
        _resolver.Dispose();
    }
}
