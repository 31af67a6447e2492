namespace Karez.Lab.Router;

/// <summary>What a forger's packets look like: what tells one injector from another.</summary>
/// <param name="Flags">TCP flags: <see cref="Forge.Reset"/>, <see cref="Forge.ResetAcknowledge"/>.</param>
/// <param name="Identification">The IP identification.</param>
/// <param name="DontFragment">The IP flag.</param>
/// <param name="TimeToLive">The IP time to live.</param>
public sealed record ResetStyle(
    byte Flags = Forge.Reset, ushort Identification = 0, bool DontFragment = false, byte TimeToLive = 64)
{
    /// <summary>Octets that the packet carries.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
