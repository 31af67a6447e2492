using System.Text.Json;
using System.Text.Json.Serialization;
using Karez.Lab.Findings;
using Karez.Lab.Judging;
using Karez.Lab.Known;
using Karez.Lab.Probers;
using Karez.Lab.Reports;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;

namespace Karez.Lab;

/// <summary>The source-generated descriptions of the lab's files.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Scenario))]
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(IReadOnlyList<BorderEntry>))]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(IReadOnlyList<ToolTemplate>))]
[JsonSerializable(typeof(KnownFile))]
[JsonSerializable(typeof(Judgement))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(IReadOnlyList<EvidenceEntry>))]
public sealed partial class LabJson : JsonSerializerContext;
