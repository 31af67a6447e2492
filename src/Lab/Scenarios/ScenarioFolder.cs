using System.Text.Json;

namespace Karez.Lab.Scenarios;

/// <summary>The scenarios that lie in <c>lab/scenarios</c>, or in a file named by its path.</summary>
public static class ScenarioFolder
{
    private const int MaxFile = 1 << 20; // Our limit.

    /// <summary>Where they lie: beside the program's sources, or where KAREZ_LAB_SCENARIOS says.</summary>
    public static string Path =>
        Environment.GetEnvironmentVariable("KAREZ_LAB_SCENARIOS")
        ?? Above(AppContext.BaseDirectory) ?? "lab/scenarios";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<Scenario> All() => Directory.Exists(Path)
        ? [.. Directory.EnumerateFiles(Path, "*.json").Order(StringComparer.Ordinal).Select(Read)]
        : [];

    /// <summary>Finds one by its name, or reads the file of that path.</summary>
    /// <exception cref="LabException">There is none, or it will not do.</exception>
    public static Scenario Find(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        if (nameOrPath.EndsWith(".json", StringComparison.Ordinal) && File.Exists(nameOrPath))
            return Read(nameOrPath);
        var file = System.IO.Path.Combine(Path, nameOrPath + ".json");
        return nameOrPath.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && File.Exists(file)
            ? Read(file)
            : throw new LabException($"no scenario is called {nameOrPath}", "karez-lab list scenarios names them");
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="LabException">It will not do.</exception>
    public static Scenario Read(string file)
    {
        if (new FileInfo(file).Length > MaxFile)
            throw new LabException($"{file}: too long for a scenario", "a scenario has at most 1 MiB");
        try
        {
            var scenario = JsonSerializer.Deserialize(File.ReadAllBytes(file), LabJson.Default.Scenario)
                ?? throw new LabException($"{file}: holds nothing", "see lab/scenarios/smoke.json");
            scenario.Check();
            return scenario;
        }
        catch (JsonException e)
        {
            throw new LabException($"{file}: {e.Message}", "see lab/scenarios/smoke.json, which has every member");
        }
    }

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var found = System.IO.Path.Combine(at.FullName, "lab", "scenarios");
            if (Directory.Exists(found))
                return found;
        }

        return null;
    }
}
