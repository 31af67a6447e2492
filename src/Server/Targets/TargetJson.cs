using System.Text.Json;
using System.Text.Json.Serialization;

namespace Karez.Server.Targets;

/// <summary>Source-generated JSON of what was learnt.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LearntTarget))]
public sealed partial class TargetJson : JsonSerializerContext;
