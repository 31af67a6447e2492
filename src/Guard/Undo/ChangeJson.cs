using System.Text.Json.Serialization;

namespace Karez.Guard.Undo;

/// <summary>The journal's lines.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Change))]
internal sealed partial class ChangeJson : JsonSerializerContext;
