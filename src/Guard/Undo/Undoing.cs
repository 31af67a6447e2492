using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>Gives the machine back as the journal says that it was.</summary>
public static class Undoing
{
    /// <summary>Undoes what a journal has, from the last line to the first, the table last of all.</summary>
    /// <param name="path">The journal; removed when nothing of it is left.</param>
    /// <param name="keepTable">Leaves the table, and its line, for one who replaces it.</param>
    /// <returns>What could not be undone; the journal then stays.</returns>
    /// <exception cref="GuardException">This process may not change the network.</exception>
    public static IReadOnlyList<string> Run(string path, bool keepTable)
    {
        var changes = Journal.Read(path);
        if (changes.Count == 0)
        {
            Forget(path);
            return [];
        }

        using var net = OpenNet();
        var tables = changes.OfType<TableMade>().ToList();
        var wrong = changes.Where(change => change is not TableMade).Reverse()
            .Concat(keepTable ? [] : tables)
            .Select(change => change.Undo(net)).OfType<string>().ToList();
        if (wrong.Count > 0)
            return wrong;
        Forget(path);
        if (keepTable && tables.Count > 0)
        {
            using var journal = Journal.Open(path);
            journal.Write(tables[0]);
        }

        return wrong;
    }

    /// <summary>
    /// Removes what is known as ours without a journal: the table, rules and routes of our protocol number. For when
    /// the state folder was lost.
    /// </summary>
    /// <returns>What could not be removed.</returns>
    public static IReadOnlyList<string> Sweep()
    {
        using var net = OpenNet();
        var wrong = new List<string>();
        var (rules, routes) = (new List<RuleEntry>(), new List<RouteEntry>());
        _ = net.ReadRules(rules);
        _ = net.ReadRoutes(routes);
        foreach (var rule in rules.Where(rule => rule.Protocol == RuleAdded.Ours))
            Note(net.DeleteRule(rule), $"rule {rule.Priority}");
        foreach (var route in routes.Where(route => route.Protocol == RuleAdded.Ours))
            Note(net.DeleteRoute(route), "a route");
        if (new TableMade().Undo(net) is { } left)
            wrong.Add(left);
        return wrong;

        void Note(int result, string what)
        {
            if (result < 0)
                wrong.Add($"{what}: error {-result}");
        }
    }

    internal static Rtnetlink OpenNet() => Rtnetlink.Open(out var net) is var result && net is not null
        ? net
        : throw new GuardException($"no routing socket: error {-result}", "run it as root");

    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Undoing it once more does no harm.
        }
    }
}
