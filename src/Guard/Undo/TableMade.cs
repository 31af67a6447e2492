using Karez.Guard.Switch;
using Karez.Sys;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>The kill switch's table.</summary>
public sealed record TableMade : Change
{
    /// <summary>The transaction that makes it; not kept, as undoing takes the table by its name.</summary>
    internal string Json { get; init; } = "";

    internal override string? Do(Rtnetlink net) =>
        Nftables.TryRun(Json, out var answer) ? null : $"nftables: {answer}";

    internal override string? Undo(Rtnetlink net)
    {
        if (!Nftables.TryRun(SwitchTable.List, out _))
            return null;
        return Nftables.TryRun(SwitchTable.Remove, out var answer) ? null : $"nftables: {answer}";
    }
}
