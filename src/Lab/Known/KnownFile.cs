namespace Karez.Lab.Known;

/// <summary>The written form of lab/known.json: what catches karez today.</summary>
/// <param name="Version">The version of this file's shape.</param>
/// <param name="Scenario">The scenario that it is of: there the run fails when it does not hold.</param>
/// <param name="Unit">What is counted: <c>flow</c>, or <c>subscriber</c>.</param>
/// <param name="Entries">The detectors, by name.</param>
public sealed record KnownFile(int Version, string Scenario, string Unit, IReadOnlyList<KnownEntry> Entries)
{
    /// <summary>The version of this file's shape.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="LabException">It is not what it should be.</exception>
    public static KnownFile Read(string path)
    {
        KnownFile file;
        try
        {
            using var stream = File.OpenRead(path);
            file = System.Text.Json.JsonSerializer.Deserialize(stream, LabJson.Default.KnownFile)
                ?? throw new LabException($"{path} holds nothing", "it lists the detectors that catch karez today");
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new LabException($"{path}: {e.Message}", "docs/protocols/detectors.md has its shape");
        }

        if (file.Version != CurrentVersion)
            throw new LabException($"{path} has version {file.Version}", $"version {CurrentVersion} is read");
        var names = Detectors.DetectorCatalogue.All().Select(detector => detector.Info.Name).ToHashSet();
        foreach (var entry in file.Entries)
        {
            if (!names.Contains(entry.Detector))
                throw new LabException($"{path} names {entry.Detector}", "see karez-lab list detectors");
            if (entry.Rate is not (> 0 and <= 1) || entry.N < 1 || entry.Runs < 1
                || !(entry.Least >= 0 && entry.Least <= entry.Rate)
                || entry.Why.Length == 0 || entry.Change.Length == 0)
            {
                throw new LabException(
                    $"{path}: {entry.Detector} lacks a rate over 0, n, runs, a least rate of one, why, or change",
                    "all of them are needed");
            }

        }

        if (file.Entries.Select(entry => entry.Detector).Distinct().Count() != file.Entries.Count)
            throw new LabException($"{path} lists a detector twice", "one entry each");
        return file;
    }
}
