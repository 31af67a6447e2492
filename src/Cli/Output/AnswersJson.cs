using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Karez.Client.Rules;
using Karez.Server.State;

namespace Karez.Cli.Output;

/// <summary>The source-generated descriptions of what <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FailureAnswer))]
[JsonSerializable(typeof(PersonAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PersonAnswer>))]
[JsonSerializable(typeof(LinkAnswer))]
[JsonSerializable(typeof(CompletionAnswer))]
[JsonSerializable(typeof(DoneAnswer))]
[JsonSerializable(typeof(ServeAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ScoutAnswer>))]
[JsonSerializable(typeof(TryAnswer))]
[JsonSerializable(typeof(ConnectAnswer))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(RouteWhy))]
[JsonSerializable(typeof(BundleAnswer))]
internal sealed partial class AnswersJson : JsonSerializerContext
{
    /// <summary>For terminals and pipes: links keep their ampersands. It is never put into a page of HTML.</summary>
    public static AnswersJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
