using Karez.Proxy.Vision;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>Both directions of Vision on one connection; they share what they have seen of the traffic.</summary>
/// <param name="Sender">What frames the payloads that leave.</param>
/// <param name="Receiver">What takes the frames off.</param>
public sealed record VisionPair(VisionSender Sender, VisionReceiver Receiver)
{
    /// <summary>Makes both directions of one side.</summary>
    /// <param name="user">The user's id as it stands in the request.</param>
    /// <param name="side">Which side this is.</param>
    /// <param name="shape">How to cut and pad.</param>
    /// <param name="entropy">For the lengths.</param>
    public static VisionPair Make(Guid user, VisionSide side, Shape shape, IEntropy entropy)
    {
        var traffic = new VisionTraffic();
        var other = side == VisionSide.Client ? VisionSide.Server : VisionSide.Client;
        return new VisionPair(
            new VisionSender(traffic, user, side, shape, entropy), new VisionReceiver(traffic, user, other));
    }
}
