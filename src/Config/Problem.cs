namespace Karez.Config;

/// <summary>One thing wrong with what a person wrote: where, what, and what to do about it.</summary>
/// <param name="Path">The place: a JSON path (<c>$.listen</c>), or a link's key (<c>sid</c>).</param>
/// <param name="What">What is wrong, without secrets.</param>
/// <param name="Hint">What would make it right.</param>
public sealed record Problem(string Path, string What, string Hint)
{
    /// <summary>The problem of a file that another version of this program wrote.</summary>
    public static Problem OfVersion(int readable) =>
        new("$.version", $"this program reads version {readable}", "use the karez that wrote it");

    /// <summary>One line: place, what and hint.</summary>
    public override string ToString() => $"{Path}: {What} ({Hint})";
}
