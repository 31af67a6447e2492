using System.IO.Pipelines;
using System.Net.Sockets;
using Karez.Probes.Compare;
using Karez.Probes.Raw;

namespace Karez.Probes.Visits;

/// <summary>
/// The octets under a TLS client, read as soon as they come and kept, so that what the server sends unasked (tickets)
/// is seen before the client asks for anything.
/// </summary>
internal sealed class PumpedStream : Stream
{
    private readonly Socket _socket;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Stream _incoming;
    private readonly List<byte> _received = [];
    private readonly List<byte> _sent = [];
    private readonly Task<Ending> _pump;

    public PumpedStream(Socket socket)
    {
        _socket = socket;
        _incoming = _pipe.Reader.AsStream();
        _pump = PumpAsync();
    }

    public int Seen
    {
        get
        {
            lock (_received)
                return _received.Count;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What came between two marks, described.</summary>
    public string Describe(int from, int to)
    {
        byte[] octets;
        lock (_received)
            octets = [.. _received[from..to]];
        return AnswerText.Describe(octets, _sent.ToArray());
    }

    /// <summary>Waits until nothing more has come for a while.</summary>
    public async Task SettleAsync(int milliseconds)
    {
        for (var before = -1; before != Seen;)
        {
            before = Seen;
            await Task.Delay(milliseconds);
        }
    }

    /// <summary>How the server ended the connection, within this time.</summary>
    public async Task<Ending> EndAsync(TimeSpan within) =>
        await Task.WhenAny(_pump, Task.Delay(within)) == _pump ? await _pump : Ending.StillOpen;

    public override int Read(byte[] buffer, int offset, int count) => _incoming.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _incoming.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _incoming.ReadAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        _sent.AddRange(buffer.AsSpan(offset, count));
        _socket.Send(buffer.AsSpan(offset, count));
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _sent.AddRange(buffer.Span);
        while (buffer.Length > 0)
            buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken)..];
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task<Ending> PumpAsync()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await _socket.ReceiveAsync(buffer, SocketFlags.None) is var count and > 0)
            {
                lock (_received)
                    _received.AddRange(buffer.AsSpan(0, count));
                await _pipe.Writer.WriteAsync(buffer.AsMemory(0, count));
            }

            await _pipe.Writer.CompleteAsync();
            return Ending.Fin;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await _pipe.Writer.CompleteAsync(new IOException("reset", e));
            return Ending.Reset;
        }
    }
}
