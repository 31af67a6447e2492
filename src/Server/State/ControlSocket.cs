using System.Text.Json;
using Karez.Net.Local;

namespace Karez.Server.State;

/// <summary>
/// The Unix socket in a node's folder: <c>karez 1 status</c> and <c>karez 1 reload</c>, nothing else. The files stay
/// the truth; the socket only says "read again" and asks how things are.
/// </summary>
public static class ControlSocket
{
    /// <summary>The socket's name in the folder.</summary>
    public const string Name = "control.sock";

    /// <summary>The version of its words.</summary>
    public const int Version = 1;

    private const string AskStatus = "karez 1 status";
    private const string AskReload = "karez 1 reload";

    /// <summary>Answers until disposed. The caller holds the folder's lock.</summary>
    /// <param name="folder">The node's folder.</param>
    /// <param name="status">Says how things are; from any thread.</param>
    /// <param name="reload">Reads the files again; gives back null, or what went wrong.</param>
    /// <exception cref="StateException">The socket cannot be made.</exception>
    public static IAsyncDisposable Serve(
        StateFolder folder, Func<NodeStatus> status, Func<CancellationToken, ValueTask<string?>> reload)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            return LocalService.Start(folder.FileOf(Name), async (question, stop) =>
                JsonSerializer.Serialize(await AnswerAsync(question, stop), ControlJson.Default.ControlAnswer));
        }
        catch (IOException e)
        {
            throw new StateException(e.Message, "give a shorter --state DIR, of at most 90 characters");
        }

        async ValueTask<ControlAnswer> AnswerAsync(string question, CancellationToken stop) => question switch
        {
            AskStatus => new(Version, true, Status: status()),
            AskReload => await reload(stop) is { } wrong ? new(Version, false, wrong) : new(Version, true),
            _ => new(Version, false, "the running karez does not know these words"),
        };
    }

    /// <summary>Asks a running node how it is; null if none runs on this folder.</summary>
    public static Task<ControlAnswer?> StatusAsync(StateFolder folder, CancellationToken cancellationToken) =>
        AskAsync(folder, AskStatus, cancellationToken);

    /// <summary>Tells a running node to read its files again; null if none runs on this folder.</summary>
    public static Task<ControlAnswer?> ReloadAsync(StateFolder folder, CancellationToken cancellationToken) =>
        AskAsync(folder, AskReload, cancellationToken);

    private static async Task<ControlAnswer?> AskAsync(
        StateFolder folder, string question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var patience = TimeSpan.FromSeconds(5);
        var line = await LocalCall.AskAsync(folder.FileOf(Name), question, patience, cancellationToken);
        if (line is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize(line, ControlJson.Default.ControlAnswer);
        }
        catch (JsonException)
        {
            return new ControlAnswer(0, false, "the running karez answers in words of another version");
        }
    }
}
