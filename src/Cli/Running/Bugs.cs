using System.Collections.Concurrent;
using System.Diagnostics;

namespace Karez.Cli.Running;

/// <summary>Tells faults of the program itself: each kind once, without what the flow carried.</summary>
internal sealed class Bugs(Terminal terminal)
{
    private const int NativeFrames = 6; // a throwing method of the framework's, and who called it

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    public void Note(Exception exception)
    {
        var kind = $"{exception.GetType().Name} in {PlaceOf(exception)}";
        if (_seen.AddOrUpdate(kind, 1, (_, count) => count + 1) == 1)
            terminal.Inform($"karez: a flow ended by a fault of karez itself ({kind}); please report it");
    }

    /// <summary>Where in this program it came from: a method, and nothing of what it was given.</summary>
    private static string PlaceOf(Exception exception)
    {
        var frames = new StackTrace(exception).GetFrames();
        foreach (var frame in frames)
        {
            if (DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method
                && type.StartsWith("Karez.", StringComparison.Ordinal))
            {
                return $"{type}.{method.Name}";
            }
        }

        // The native program has no names; addr2line(1) finds them in its symbols.
        return string.Join(' ', frames.Take(NativeFrames).Select(f => $"{f.GetNativeIP():x}"));
    }
}
