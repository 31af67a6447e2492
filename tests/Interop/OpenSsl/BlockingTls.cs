using System.Net.Sockets;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Interop.OpenSsl;

/// <summary>A machine, and then its session, over a blocking socket.</summary>
internal sealed class BlockingTls : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly byte[] _output = new byte[32 * 1024];
    private int _start;
    private int _end;

    private BlockingTls(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveTimeout = 20_000;
    }

    public TlsSession Session { get; private set; } = null!; // Both makers set it before they return.

    private delegate TlsStatus AdvanceMachine(
        Span<byte> input, Span<byte> output, Instant now, out int consumed, out int produced);

    /// <summary>Runs the client's handshake; accepts whoever answers.</summary>
    public static BlockingTls Connect(Socket socket, TlsClient client)
    {
        var tls = new BlockingTls(socket);
        var status = tls.Run(client.Advance, client.Accept);
        Assert.Equal((TlsStatus.Done, TlsFault.None, null), (status, client.Fault, client.PeerAlert));
        tls.Session = client.TakeSession();
        return tls;
    }

    /// <summary>Runs the server's handshake.</summary>
    public static BlockingTls Accept(Socket socket, TlsServer server)
    {
        var tls = new BlockingTls(socket);
        var status = tls.Run(server.Advance, () => { });
        Assert.Equal((TlsStatus.Done, TlsFault.None, null), (status, server.Fault, server.PeerAlert));
        tls.Session = server.TakeSession();
        return tls;
    }

    public void Send(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var length = Math.Min(data.Length, RecordSealer.MaxPayload);
            data[..length].CopyTo(_output.AsSpan(RecordSealer.Headroom));
            _socket.Send(_output.AsSpan(0, Session.Seal(_output, RecordSealer.Headroom, length)));
            data = data[length..];
        }
    }

    /// <summary>Receives until that many octets of data have come.</summary>
    public byte[] Receive(int length)
    {
        var data = new List<byte>();
        while (data.Count < length && ReceiveRecord(data) is not TlsReadStatus.Closed)
        {
        }

        return [.. data];
    }

    public TlsReadStatus ReceiveRecord(List<byte> data)
    {
        while (true)
        {
            var status = Session.Open(
                _input.AsSpan(_start, _end - _start), out var used, out var offset, out var length);
            if (status == TlsReadStatus.Data)
                data.AddRange(_input.AsSpan(_start + offset, length));
            _start += used;
            Assert.Equal(TlsFault.None, Session.Fault);
            if (Session.TryTakePending(_output, out var produced))
                _socket.Send(_output.AsSpan(0, produced));
            if (status != TlsReadStatus.NeedInput)
                return status;
            Fill();
        }
    }

    public void SendKeyUpdate(bool updateRequested) =>
        _socket.Send(_output.AsSpan(0, Session.SealKeyUpdate(_output, updateRequested)));

    public void SendCloseNotify() => _socket.Send(_output.AsSpan(0, Session.SealCloseNotify(_output)));

    public void Dispose()
    {
        Session?.Dispose();
        _socket.Dispose();
    }

    private static Instant Now => new(Environment.TickCount64);

    private TlsStatus Run(AdvanceMachine advance, Action accept)
    {
        while (true)
        {
            var status = advance(
                _input.AsSpan(_start, _end - _start), _output, Now, out var consumed, out var produced);
            _start += consumed;
            _socket.Send(_output.AsSpan(0, produced));
            switch (status)
            {
                case TlsStatus.NeedDecision:
                    accept();
                    break;
                case TlsStatus.NeedInput:
                    Fill();
                    break;
                case TlsStatus.NeedOutputSpace:
                    break;
                default:
                    return status;
            }
        }
    }

    private void Fill()
    {
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        _end -= _start;
        _start = 0;
        var received = _socket.Receive(_input.AsSpan(_end));
        Assert.NotEqual(0, received);
        _end += received;
    }
}
