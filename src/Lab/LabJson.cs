using System.Text.Json;
using System.Text.Json.Serialization;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;

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
public sealed partial class LabJson : JsonSerializerContext;
