using Karez.Crypto;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The node's key share, secret and certificate for one hello and one group: what can be done of an answer while the
/// target's own is on its way.
/// </summary>
public sealed class RealityAnswer : IDisposable
{
    private readonly byte[] _share;
    private readonly int _length;

    private RealityAnswer(NamedGroup group, byte[] share, int length, Secret secret, byte[] certificate) =>
        (Group, _share, _length, Secret, Certificate) = (group, share, length, secret, certificate);

    /// <summary>The group.</summary>
    public NamedGroup Group { get; }

    /// <summary>What the node sends.</summary>
    public ReadOnlySpan<byte> Share => _share.AsSpan(0, _length);

    /// <summary>What both then know.</summary>
    public Secret Secret { get; }

    /// <summary>The certificate for this client; nothing when it has to wait for the whole ServerHello.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>Answers the share that a hello offers.</summary>
    /// <param name="identity">The node process's signing keys.</param>
    /// <param name="authKey">The key shared with this client (32 octets).</param>
    /// <param name="clientHello">The whole message.</param>
    /// <param name="group">The group that the target is expected to choose.</param>
    /// <param name="entropy">For the node's key.</param>
    /// <returns>Null when the hello has no such share, or no usable one.</returns>
    public static RealityAnswer? Prepare(
        RealityIdentity identity, ReadOnlySpan<byte> authKey, ReadOnlySpan<byte> clientHello, NamedGroup group,
        IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (!ClientHelloView.TryParse(clientHello, out var client) || !client.TryGetKeyShare(group, out var offered))
            return null;
        var share = new byte[KeyShare.MaxShareSize];
        Span<byte> secret = stackalloc byte[KeyShare.MaxSecretSize];
        if (!KeyShare.TryRespond(group, offered, entropy, share, out var length, secret, out var secretLength))
            return null;
        var certificate = identity.HasMlDsa ? [] : new byte[RealityCertificate.Size];
        if (!identity.HasMlDsa)
            RealityCertificate.WriteMarked(identity.PublicKey, authKey, default, certificate);
        var answer = new RealityAnswer(group, share, length, new Secret(secret[..secretLength]), certificate);
        secret.Clear();
        return answer;
    }

    /// <summary>Overwrites the secret.</summary>
    public void Dispose() => Secret.Dispose();
}
