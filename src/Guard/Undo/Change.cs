using System.Text.Json.Serialization;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>
/// One thing done to this machine, with all that undoing it needs. Undoing what was never done, or is undone already,
/// is no fault: a process may die between the line in the journal and the deed.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(TableMade), "table")]
[JsonDerivedType(typeof(AddressAdded), "address")]
[JsonDerivedType(typeof(RouteAdded), "route")]
[JsonDerivedType(typeof(RuleAdded), "rule")]
[JsonDerivedType(typeof(SettingWritten), "setting")]
[JsonDerivedType(typeof(ResolverReplaced), "resolver")]
[JsonDerivedType(typeof(ResolvedTold), "resolved")]
[JsonDerivedType(typeof(LinkRaised), "link")]
[JsonDerivedType(typeof(ProgramStarted), "program")]
public abstract record Change
{
    /// <summary>Does it; null, or what went wrong.</summary>
    internal abstract string? Do(Rtnetlink net);

    /// <summary>Undoes it; null, or what went wrong.</summary>
    internal abstract string? Undo(Rtnetlink net);

    /// <summary>A message for a kernel's answer, unless it is one of those that are as good as done.</summary>
    private protected static string? Wrong(string what, int result, params ReadOnlySpan<int> fine) =>
        result == 0 || fine.Contains(-result) ? null : $"{what}: error {-result}";

    private protected static int? LinkOf(Rtnetlink net, string name)
    {
        var links = new List<LinkEntry>();
        return net.ReadLinks(links) < 0 ? null : links.Find(link => link.Name == name)?.Index;
    }
}
