namespace Karez.Net.Tunnel;

/// <summary>Why a tunnel could not be made or did not last.</summary>
public enum TunnelFault
{
    /// <summary>Nothing happened.</summary>
    None,

    /// <summary>No TCP connection to the node: refused, unreachable, no answer.</summary>
    NodeUnreachable,

    /// <summary>
    /// The connection broke off before the handshake was over, as when something on the path cuts it.
    /// </summary>
    PathBroken,

    /// <summary>
    /// The site's own certificate answered: the node did not recognise this link (revoked, mistyped, or a clock that
    /// is off), or this is not a node.
    /// </summary>
    NotRecognised,

    /// <summary>
    /// A certificate that is neither the node's nor valid for the site; <see cref="TunnelException.TlsFault"/> says
    /// what is wrong with it. Somebody stands in between; or the site's own chain is one that this machine does not
    /// trust, and the node did not recognise the link.
    /// </summary>
    ForeignCertificate,

    /// <summary>The other side broke TLS.</summary>
    BrokenTls,

    /// <summary>The other side broke VLESS, Vision or Mux.</summary>
    BrokenProxy,

    /// <summary>The stream ended in the middle of a record.</summary>
    Truncated,

    /// <summary>The link's key cannot be used (low order, or the profile has no X25519 share).</summary>
    BadLink,
}
