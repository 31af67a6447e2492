using System.Text.Json;
using System.Text.Json.Serialization;

namespace Karez.Contracts;

/// <summary>The source-generated descriptions of what nodes and control plane exchange.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(Roster))]
[JsonSerializable(typeof(UsageBatch))]
public sealed partial class ContractsJson : JsonSerializerContext;
