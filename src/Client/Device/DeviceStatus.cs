using Karez.Client.Endpoints;

namespace Karez.Client.Device;

/// <summary>How a carried machine is, for <c>karez status</c>.</summary>
/// <param name="State">The kill switch's state, in lower case; docs/guide/device.md lists them.</param>
/// <param name="KillSwitch">Whether there is one.</param>
/// <param name="Device">The interface.</param>
/// <param name="Node">The node; null when nothing runs.</param>
/// <param name="Since">When this state began; null when nothing runs.</param>
/// <param name="Started">When Karez was started; null when nothing runs.</param>
/// <param name="OpenForSeconds">What is left of a pause.</param>
/// <param name="Refused">Packets refused since the table was made; null without one.</param>
/// <param name="HasNetwork">Whether this machine has any way out.</param>
/// <param name="Trouble">What went wrong last, while it does.</param>
/// <param name="Hint">What helps.</param>
/// <param name="Moves">How often the network changed.</param>
/// <param name="Nodes">How each node is; null when nothing runs.</param>
/// <param name="Overhead">Octets of handshakes, probes and updates, both ways.</param>
/// <param name="Listening">Where programs find a client without a device; else null.</param>
public sealed record DeviceStatus(
    string State,
    bool KillSwitch,
    string Device,
    string? Node = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Started = null,
    int OpenForSeconds = 0,
    long? Refused = null,
    bool HasNetwork = true,
    string? Trouble = null,
    string? Hint = null,
    int Moves = 0,
    IReadOnlyList<EndpointStatus>? Nodes = null,
    long Overhead = 0,
    string? Listening = null)
{
    /// <summary>The state of a client without a device.</summary>
    public const string Serving = "serving";
}
