using Karez.Config.Links;
using Karez.Net.Tunnel;

namespace Karez.Cli.Running;

/// <summary>Tells each trouble in two lines, the same one only after a while.</summary>
/// <param name="terminal">Where.</param>
/// <param name="visitSite">Visits the site that a node stands before: its time; null is no answer.</param>
internal sealed class Troubles(Terminal terminal, Func<VlessLink, Task<DateTimeOffset?>> visitSite)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <summary>Tells what is no node's.</summary>
    public void Note((string What, string Hint) trouble)
    {
        if (IsNews(trouble.What))
            Tell(trouble.What, trouble.Hint);
    }

    /// <summary>Tells why a node could not be reached.</summary>
    public void Note(VlessLink link, TunnelException exception)
    {
        var (what, hint) = TunnelTrouble.Of(
            exception, link.ToString(), new Clocks(TimeProvider.System.GetUtcNow(), null));
        if (!IsNews(what))
            return;
        if (exception.Fault == TunnelFault.NotRecognised)
            _ = TellClocksAsync(link, exception);
        else
            Tell(what, hint);
    }

    /// <summary>The one trouble that a second clock explains.</summary>
    private async Task TellClocksAsync(VlessLink link, TunnelException exception)
    {
        var site = await visitSite(link);
        var clocks = new Clocks(TimeProvider.System.GetUtcNow(), site);
        var (what, hint) = TunnelTrouble.Of(exception, link.ToString(), clocks);
        Tell(what, hint);
    }

    private bool IsNews(string what)
    {
        var time = TimeProvider.System;
        lock (_told)
        {
            if (_told.TryGetValue(what, out var last) && time.GetElapsedTime(last) < Quiet)
                return false;
            _told[what] = time.GetTimestamp();
            return true;
        }
    }

    private void Tell(string what, string hint)
    {
        terminal.Inform($"karez: {what}");
        terminal.Inform($"hint: {hint}");
    }
}
