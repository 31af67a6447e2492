using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Resolve;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;
using Karez.Secure;
using Karez.Wire;

namespace Karez.Client;

/// <summary>The way to one node: opens a stream for each destination.</summary>
internal sealed class Channel
{
    private readonly VlessLink _link;
    private readonly Resolver _resolver;
    private readonly RealityDialer _dialer;
    private readonly IEntropy _entropy;
    private readonly VlessFlow _flow;

    public Channel(ClientPlan plan, BrowserProfile profile, Resolver resolver, IEntropy entropy, TimeProvider time)
    {
        _link = plan.Link;
        _resolver = resolver;
        _entropy = entropy;
        _flow = plan.Link.IsVision ? VlessFlow.Vision : VlessFlow.None;
        var publicKey = new byte[32];
        plan.Link.CopyPublicKey(publicKey);
        var shortId = new byte[ShortId.Size];
        plan.Link.CopyShortId(shortId);
        var verifier = new ChainVerifier(time);
        _dialer = new RealityDialer(new DialPlan
        {
            Link = new RealityLink
            {
                ServerName = plan.Link.ServerName,
                PublicKey = publicKey,
                ShortId = ShortId.Read(shortId),
                MlDsaPublicKey = plan.Link.DecodeMlDsaKey(),
                Version = plan.Version,
            },
            Profile = profile,
            IsSites = verifier.IsValid,
            Entropy = entropy,
            Time = time,
            ConnectTimeout = plan.ConnectTimeout,
        });
    }

    /// <summary>Opens a stream to a destination, on the calling loop.</summary>
    /// <exception cref="TunnelException">Why not.</exception>
    public async ValueTask<VlessLeg> OpenAsync(EventLoop loop, Destination destination, VlessCommand command)
    {
        var tunnel = await _dialer.DialAsync(loop, await FindNodeAsync());
        var vision = _flow == VlessFlow.Vision
            ? VisionPair.Make(_link.Id, VisionSide.Client, Shape.Default, _entropy)
            : null;
        return new VlessLeg(tunnel, new VlessRequest(_link.Id, _flow, command, destination), vision);
    }

    private async ValueTask<EndPoint> FindNodeAsync()
    {
        if (IPAddress.TryParse(_link.Host, out var address))
            return new IPEndPoint(address, _link.Port);
        var addresses = (await _resolver.ResolveAsync(_link.Host)).Addresses;
        return addresses is [var first, ..]
            ? new IPEndPoint(first, _link.Port)
            : throw new TunnelException(TunnelFault.NodeUnreachable);
    }
}
