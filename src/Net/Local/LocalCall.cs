using System.Net.Sockets;
using System.Text;

namespace Karez.Net.Local;

/// <summary>Asks a running process of this machine; the other end of <see cref="LocalService"/>.</summary>
public static class LocalCall
{
    /// <summary>Asks one line and gives back one line.</summary>
    /// <param name="path">The process's socket.</param>
    /// <param name="question">One line.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; null if no process listens there or it did not answer.</returns>
    public static async Task<string?> AskAsync(
        string path, string question, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(question + "\n"), limit.Token);
            return await LocalLine.ReadAsync(stream, LocalService.MaxAnswer, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ArgumentException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
