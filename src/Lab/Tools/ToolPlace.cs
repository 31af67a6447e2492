using Karez.Lab.Running;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>Where a tool's server stands.</summary>
/// <param name="Host">Its machine: users reach its first address.</param>
/// <param name="Users">How many people will use it.</param>
/// <param name="Cover">The site that it may borrow or show.</param>
/// <param name="Authority">Who signs its certificate, if it has one.</param>
/// <param name="OwnExit">Whether destinations see its last address, or the one that users reach.</param>
public sealed record ToolPlace(
    WorldHost Host, int Users, SiteEntry Cover, PrivateCa Authority, bool OwnExit = true)
{
    /// <summary>The address that users reach.</summary>
    public string Entry => Host.Addresses[0];

    /// <summary>The address that destinations see.</summary>
    public string Exit => OwnExit ? Host.Addresses[^1] : Entry;
}
