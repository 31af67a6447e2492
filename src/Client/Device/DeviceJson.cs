using System.Text.Json.Serialization;

namespace Karez.Client.Device;

/// <summary>The source-generated descriptions of what is said over the socket and kept in files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(DeviceStatus))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class DeviceJson : JsonSerializerContext;
