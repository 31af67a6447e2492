using Karez.Probes.Script;

namespace Karez.Probes.Tests;

/// <summary>The probes of this suite.</summary>
internal static class Cases
{
    public static IReadOnlyList<Probe> All { get; } =
        ProbeFile.LoadAll(Path.Combine(AppContext.BaseDirectory, "Cases"));
}
