using System.Text.Json;
using System.Text.Json.Serialization;

namespace Karez.Config;

/// <summary>The source-generated descriptions of every configuration and key file.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(NodeConfig))]
[JsonSerializable(typeof(NodeKeys))]
[JsonSerializable(typeof(ClientConfig))]
public sealed partial class ConfigJson : JsonSerializerContext;
