using Karez.Lab.Engines;
using Karez.Lab.Findings;
using Karez.Lab.Known;
using Karez.Lab.Learners;
using Karez.Lab.Population;
using Karez.Lab.Probers;
using Karez.Lab.Running;

namespace Karez.Lab.Reports;

/// <summary>What a run found: the written form of <c>report.json</c>. Each stage fills its part.</summary>
public sealed class RunReport
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "report.json";

    /// <summary>The version of this file's shape.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>The wall clock at the run's start.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long the world stood, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many people.</summary>
    public required int Subscribers { get; init; }

    /// <summary>How exact the router was.</summary>
    public required RouterEntry Router { get; init; }

    /// <summary>The tools.</summary>
    public required IReadOnlyList<ToolEntry> Tools { get; init; }

    /// <summary>What the check against lab/known.json found.</summary>
    public IReadOnlyList<KnownFinding> Known { get; set; } = [];

    /// <summary>The list itself.</summary>
    public IReadOnlyList<KnownEntry> KnownList { get; set; } = [];

    /// <summary>Whether the list is of this scenario, so that the run fails where it does not hold.</summary>
    public bool KnownDecides { get; set; }

    /// <summary>The detectors that looked.</summary>
    public IReadOnlyList<DetectorNote> Detectors { get; set; } = [];

    /// <summary>What each flagged of each group.</summary>
    public IReadOnlyList<MatrixRow> Matrix { get; set; } = [];

    /// <summary>The positive controls.</summary>
    public IReadOnlyList<ControlResult> Controls { get; set; } = [];

    /// <summary>Those without a tool against published rates.</summary>
    public IReadOnlyList<TwinResult> Twins { get; set; } = [];

    /// <summary>Tools against the browser, feature by feature.</summary>
    public IReadOnlyList<GroupDifference> Differences { get; set; } = [];

    /// <summary>What other people's engines said.</summary>
    public IReadOnlyList<EngineFinding> Engines { get; set; } = [];

    /// <summary>What probers found.</summary>
    public ProbeReport? Probes { get; set; }

    /// <summary>Simulated days of each group, with all captures and with each half of them.</summary>
    public IReadOnlyList<GroupDays> Days { get; set; } = [];

    /// <summary>One subscriber's line on the chain's way, cut and opened in the router.</summary>
    public IReadOnlyList<LineCheck> Line { get; init; } = [];

    /// <summary>How well learners told tools from the browser.</summary>
    public IReadOnlyList<LearnerResult> Learners { get; set; } = [];

    /// <summary>The synthetic web beside published figures.</summary>
    public IReadOnlyList<RealismFigure> Realism { get; set; } = [];

    /// <summary>The run's browsers beside a capture of a real one; null where none was given.</summary>
    public RealTraffic? Real { get; set; }

    /// <summary>What could not be done, and why.</summary>
    public List<string> NotDone { get; init; } = [];

    /// <summary>Why the run fails; empty when it does not.</summary>
    public IReadOnlyList<string> Failures { get; set; } = [];
}
