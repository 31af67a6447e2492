using System.Collections.Concurrent;

namespace Karez.Cli.Running;

/// <summary>Tells faults of the program itself: each kind once, without what the flow carried.</summary>
internal sealed class Bugs(Terminal terminal)
{
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    public void Note(Exception exception)
    {
        var kind = exception.GetType().Name;
        if (_seen.AddOrUpdate(kind, 1, (_, count) => count + 1) == 1)
            terminal.Inform($"karez: a flow ended by a fault of karez itself ({kind}); please report it");
    }
}
