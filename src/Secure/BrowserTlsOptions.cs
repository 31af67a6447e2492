using Karez.Camouflage.Browser;
using Karez.Wire;

namespace Karez.Secure;

/// <summary>How a <see cref="BrowserTlsStream"/> connects; may be shared by all connections of a program.</summary>
public sealed record BrowserTlsOptions
{
    /// <summary>The browser whose hello is sent.</summary>
    public BrowserProfile Profile { get; init; } = BrowserProfile.Default;

    /// <summary>
    /// Protocol names instead of the browser's (h2 and http/1.1); the hello of a browser that offers only http/1.1 is
    /// the one that it sends for a WebSocket.
    /// </summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>Judges the server's chain; the system's roots by default.</summary>
    public ChainVerifier Verifier { get; init; } = new(TimeProvider.System);

    /// <summary>
    /// Has the last word on the chain, when set: asked exactly once for each connection, resumed ones too, after the
    /// verifier and before anything of ours but the hello was sent.
    /// </summary>
    public Func<PeerChain, bool>? Decide { get; init; }

    /// <summary>
    /// Keeps tickets, so that later visits resume as a browser's do; null never resumes. Tickets lead visits to one
    /// another, as in a browser: give each identity that must not be linked its own.
    /// </summary>
    public BrowserSession? Session { get; init; }

    /// <summary>Whether the inner stream stays open when this one is disposed or does not come about.</summary>
    public bool LeaveInnerOpen { get; init; }

    /// <summary>Random octets.</summary>
    public IEntropy Entropy { get; init; } = SystemEntropy.Instance;
}
