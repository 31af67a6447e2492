using System.Text.Json.Serialization;

namespace Karez.Server.State;

/// <summary>
/// The source-generated descriptions of the control socket's words; on one line, and lenient about members that a
/// newer program adds.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlAnswer))]
public sealed partial class ControlJson : JsonSerializerContext;
