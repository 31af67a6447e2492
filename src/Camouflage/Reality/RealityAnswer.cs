using Karez.Crypto;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The node's key share and secret for one hello and one group: most of the arithmetic of an answer, done while the
/// target's own answer is on its way.
/// </summary>
public sealed class RealityAnswer : IDisposable
{
    private readonly byte[] _share;
    private readonly int _length;

    private RealityAnswer(NamedGroup group, byte[] share, int length, Secret secret) =>
        (Group, _share, _length, Secret) = (group, share, length, secret);

    /// <summary>The group.</summary>
    public NamedGroup Group { get; }

    /// <summary>What the node sends.</summary>
    public ReadOnlySpan<byte> Share => _share.AsSpan(0, _length);

    /// <summary>What both then know.</summary>
    public Secret Secret { get; }

    /// <summary>Answers the share that a hello offers.</summary>
    /// <param name="clientHello">The whole message.</param>
    /// <param name="group">The group that the target is expected to choose.</param>
    /// <param name="entropy">For the node's key.</param>
    /// <returns>Null when the hello has no such share, or no usable one.</returns>
    public static RealityAnswer? Prepare(ReadOnlySpan<byte> clientHello, NamedGroup group, IEntropy entropy)
    {
        if (!ClientHelloView.TryParse(clientHello, out var client) || !client.TryGetKeyShare(group, out var offered))
            return null;
        var share = new byte[KeyShare.MaxShareSize];
        Span<byte> secret = stackalloc byte[KeyShare.MaxSecretSize];
        if (!KeyShare.TryRespond(group, offered, entropy, share, out var length, secret, out var secretLength))
            return null;
        var answer = new RealityAnswer(group, share, length, new Secret(secret[..secretLength]));
        secret.Clear();
        return answer;
    }

    /// <summary>Overwrites the secret.</summary>
    public void Dispose() => Secret.Dispose();
}
