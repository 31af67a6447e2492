namespace Karez.Camouflage.Reality;

/// <summary>What a client knows of a node: the REALITY half of a share link.</summary>
public sealed record RealityLink
{
    /// <summary>The borrowed site's name, as it stands in the hello; "" or an address sends none.</summary>
    public required string ServerName { get; init; }

    /// <summary>The node's X25519 public key (32 octets).</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>The person's short id.</summary>
    public required ShortId ShortId { get; init; }

    /// <summary>The node's ML-DSA-65 public key (1,952 octets), or nothing.</summary>
    public ReadOnlyMemory<byte> MlDsaPublicKey { get; init; }

    /// <summary>The version to state.</summary>
    public ClientVersion Version { get; init; } = ClientVersion.Stated;
}
