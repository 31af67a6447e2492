using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Tls;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>How a client reaches one node.</summary>
public sealed record DialPlan
{
    /// <summary>The REALITY half of the link.</summary>
    public required RealityLink Link { get; init; }

    /// <summary>The browser to resemble.</summary>
    public required BrowserProfile Profile { get; init; }

    /// <summary>Hellos made in advance; null makes them when they are needed.</summary>
    public ReadyHellos? Hellos { get; init; }

    /// <summary>
    /// Says what is wrong with a chain as the site's, for when it was not the node that answered; None if nothing.
    /// </summary>
    public required Func<ServerIdentity, string, TlsFault> Judge { get; init; }

    /// <summary>Decompresses what the profile offers beside brotli.</summary>
    public ICertificateDecompressor? Decompressor { get; init; }

    /// <summary>Random octets.</summary>
    public required IEntropy Entropy { get; init; }

    /// <summary>The wall clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Mark and source address.</summary>
    public Loops.ConnectOptions Connect { get; init; } = Loops.ConnectOptions.Default;

    /// <summary>
    /// Called on the loop when a node's TCP has been silent for <see cref="Silence"/>; the dial goes on.
    /// </summary>
    public Action? Silent { get; init; }

    /// <summary>Time for two further SYNs (RFC 6298), and for the answer to the last (our choice).</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Called on the loop with the octets that a dial has cost that failed, both ways.</summary>
    public Action<long>? Wasted { get; init; }

    /// <summary>For TCP (our choice; browsers wait longer, people do not).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the hello to the node's Finished (our choice).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
