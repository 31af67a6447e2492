using System.Text.Json;
using Karez.Lab.Findings;
using Karez.Lab.Judging;
using Karez.Lab.Reports;
using Karez.Lab.Scenarios;

namespace Karez.Lab.Running;

/// <summary>A run whose traffic was sent and whose captures are written.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Scenario">What it was to be, with what the command line said.</param>
/// <param name="Manifest">Who was who.</param>
public sealed record FinishedRun(string Folder, Scenario Scenario, RunManifest Manifest)
{
    /// <summary>The scenario's file in a run's folder, with what the command line said.</summary>
    public const string ScenarioFile = "scenario.json";

    /// <summary>What the stages found, each its part.</summary>
    public RunReport Report { get; } = new()
    {
        Scenario = Scenario.Name,
        Seed = Scenario.Seed,
        Started = Manifest.Started,
        Seconds = Manifest.Seconds,
        Subscribers = Manifest.Subscribers.Count,
        Router = Manifest.Router,
        Tools = Manifest.Tools,
        Line = Manifest.Line ?? [],
    };

    /// <summary>A capture of a real browser, to hold the run's beside it; null for none.</summary>
    public CaptureFile? Real { get; init; }

    /// <summary>The flows, once the detectors have looked.</summary>
    internal RunTraffic? Traffic { get; set; }

    /// <summary>Opens a run's folder again.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="real">See <see cref="Real"/>.</param>
    /// <exception cref="LabException">There is no run in it.</exception>
    public static FinishedRun Open(string folder, CaptureFile? real = null)
    {
        var manifest = Path.Combine(folder, RunManifest.FileName);
        var scenario = Path.Combine(folder, ScenarioFile);
        if (!File.Exists(manifest) || !File.Exists(scenario))
            throw new LabException($"{folder} holds no run", "name the folder that karez-lab run wrote");
        try
        {
            return new FinishedRun(
                folder,
                ScenarioFolder.Read(scenario),
                JsonSerializer.Deserialize(File.ReadAllBytes(manifest), LabJson.Default.RunManifest)
                    ?? throw new LabException($"{manifest} holds nothing", "run the scenario again"))
            {
                Real = real,
            };
        }
        catch (JsonException e)
        {
            throw new LabException($"{manifest}: {e.Message}", "run the scenario again");
        }
    }
}
