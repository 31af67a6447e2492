using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Karez.Cli.Output;

/// <summary>Writes answers for scripts: one JSON object on standard output.</summary>
internal static class Answers
{
    public static void Write(Terminal terminal, FailureAnswer answer) =>
        Write(terminal, answer, AnswersJson.Plain.FailureAnswer);

    public static void Write<T>(Terminal terminal, T answer, JsonTypeInfo<T> type) =>
        terminal.Output.WriteLine(JsonSerializer.Serialize(answer, type));
}
