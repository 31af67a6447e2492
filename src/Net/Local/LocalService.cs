using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Karez.Sys;

namespace Karez.Net.Local;

/// <summary>
/// Answers questions of this machine's commands over a Unix socket: one line each way, then the end. Only the user
/// that runs the process and root are answered. It is no part of the data plane and runs on the thread pool.
/// </summary>
public sealed class LocalService : IAsyncDisposable
{
    // Our limits; a question is a few words.
    internal const int MaxQuestion = 4 << 10;
    internal const int MaxAnswer = 16 << 20;
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly Func<string, CancellationToken, ValueTask<string>> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly Task _accepting;

    private LocalService(Socket listener, string path, Func<string, CancellationToken, ValueTask<string>> answer)
    {
        _listener = listener;
        _path = path;
        _answer = answer;
        _accepting = AcceptAsync();
    }

    /// <summary>Listens at a path (0600). What a process that died left there is removed first.</summary>
    /// <param name="path">At most 107 octets, in a folder of its user's own, whose lock the caller holds.</param>
    /// <param name="answer">Turns a question's line into an answer's line.</param>
    /// <exception cref="IOException">The socket cannot be made there.</exception>
    public static LocalService Start(string path, Func<string, CancellationToken, ValueTask<string>> answer)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(answer);
        if (Files.IsSocket(path))
            File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(AtOnce);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            listener.Dispose();
            throw new IOException($"cannot listen at {path}: {e.Message}", e);
        }

        return new LocalService(listener, path, answer);
    }

    /// <summary>Stops answering and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        for (var i = 0; i < AtOnce; i++)
            await _places.WaitAsync();
        File.Delete(_path);
        _places.Dispose();
        _stop.Dispose();
    }

    /// <summary>The user at the other end (SO_PEERCRED: process, user, group).</summary>
    private static uint PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(1, 17, credentials);
        return BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token);
                if (await AcceptOneAsync() is { } socket)
                    // Not awaited here: each answer holds a place, and disposing waits for all places.
                    _ = Task.Run(() => ServeAsync(socket), CancellationToken.None);
                else
                    _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposing.
        }
    }

    /// <summary>Accepts one command; null when that did not work, after a pause.</summary>
    private async Task<Socket?> AcceptOneAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_stop.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Out of descriptors, or disposing; the latter ends at the next wait for a place.
            await Task.Delay(TimeSpan.FromMilliseconds(250), CancellationToken.None);
            return null;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(Patience);
        try
        {
            if (PeerOf(socket) is var user && user != 0 && user != Users.EffectiveId)
                return;
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var question = await LocalLine.ReadAsync(stream, MaxQuestion, patience.Token);
            if (question is null)
                return;
            var answer = await _answer(question, patience.Token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), patience.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The command went away or did not ask in time; it will ask again.
        }
        finally
        {
            socket.Dispose();
            _places.Release();
        }
    }
}
