using System.Globalization;
using System.Text.Json;
using Karez.Net.Local;

namespace Karez.Client.Device;

/// <summary>
/// The Unix socket of a running device: <c>karez 1 status</c>, <c>karez 1 pause SECONDS</c>, <c>karez 1 disconnect</c>.
/// </summary>
public static class DeviceSocket
{
    private const string Words = "karez 1 ";

    /// <summary>Asks a running device how it is; null if none runs on this folder.</summary>
    public static Task<DeviceAnswer?> StatusAsync(string folder, CancellationToken cancellationToken) =>
        AskAsync(folder, "status", cancellationToken);

    /// <summary>Opens the network for a while; null if none runs on this folder.</summary>
    public static Task<DeviceAnswer?> PauseAsync(string folder, TimeSpan duration, CancellationToken cancellationToken)
    {
        var seconds = ((int)Math.Ceiling(duration.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return AskAsync(folder, $"pause {seconds}", cancellationToken);
    }

    /// <summary>Asks a running device to end; null if none runs on this folder.</summary>
    public static Task<DeviceAnswer?> DisconnectAsync(string folder, CancellationToken cancellationToken) =>
        AskAsync(folder, "disconnect", cancellationToken);

    internal static LocalService Serve(DeviceClient device, string path) =>
        LocalService.Start(path, (question, _) => ValueTask.FromResult(
            JsonSerializer.Serialize(Answer(device, question), DeviceJson.Default.DeviceAnswer)));

    /// <summary>Answers how a client without a device is, until disposed.</summary>
    /// <param name="proxy">The client.</param>
    /// <param name="folder">The state folder, whose lock the caller holds.</param>
    /// <exception cref="IOException">The socket cannot be made there.</exception>
    public static LocalService Serve(LocalProxy proxy, string folder)
    {
        var started = DateTimeOffset.UtcNow;
        return LocalService.Start(new DevicePlan { Folder = folder }.Socket, (question, _) =>
        {
            var answer = question == Words + "status"
                ? new DeviceAnswer(true, Status: proxy.Status(started))
                : new DeviceAnswer(false, "it carries no device; it ends with Ctrl-C or SIGTERM");
            return ValueTask.FromResult(JsonSerializer.Serialize(answer, DeviceJson.Default.DeviceAnswer));
        });
    }

    private static DeviceAnswer Answer(DeviceClient device, string question)
    {
        if (!question.StartsWith(Words, StringComparison.Ordinal))
            return new(false, "the running karez does not know these words");
        switch (question[Words.Length..].Split(' '))
        {
            case ["status"]:
                return new(true, Status: device.Status);
            case ["disconnect"]:
                device.Stop();
                return new(true, Status: device.Status);
            case ["pause", var text]
                when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                var wrong = device.Pause(TimeSpan.FromSeconds(seconds));
                return new(wrong is null, wrong, device.Status);
            default:
                return new(false, "the running karez does not know these words");
        }
    }

    private static async Task<DeviceAnswer?> AskAsync(
        string folder, string question, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromSeconds(5);
        var path = new DevicePlan { Folder = folder }.Socket;
        if (await LocalCall.AskAsync(path, Words + question, patience, cancellationToken) is not { } line)
            return null;
        try
        {
            return JsonSerializer.Deserialize(line, DeviceJson.Default.DeviceAnswer);
        }
        catch (JsonException)
        {
            return new DeviceAnswer(false, "the running karez answers in words of another version");
        }
    }
}
