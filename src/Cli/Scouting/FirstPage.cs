using Karez.Cli.Trying;

namespace Karez.Cli.Scouting;

/// <summary>A site's first page, as far as it matters for a target.</summary>
/// <param name="Status">HTTP's status.</param>
/// <param name="OtherHost">The host that it leads to, if that is another one.</param>
internal sealed record FirstPage(int Status, string? OtherHost)
{
    /// <summary>Reads what a visit brought.</summary>
    /// <param name="visit">The visit; null if none came about.</param>
    /// <param name="host">The site's own name.</param>
    public static FirstPage? Of(Visit? visit, string host)
    {
        const string header = "Location: ";
        if (visit is null)
            return null;
        var line = visit.Status is >= 300 and < 400
            ? visit.Headers.Split('\n').FirstOrDefault(h => h.StartsWith(header, StringComparison.OrdinalIgnoreCase))
            : null;
        var other = line is not null
            && Uri.TryCreate(line[header.Length..], UriKind.Absolute, out var there)
            && !there.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase)
                ? there.IdnHost
                : null;
        return new FirstPage(visit.Status, other);
    }
}
