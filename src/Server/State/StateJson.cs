using System.Text.Json;
using System.Text.Json.Serialization;

namespace Karez.Server.State;

/// <summary>The source-generated descriptions of what the state folder and its socket carry.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(Backup))]
public sealed partial class StateJson : JsonSerializerContext;
