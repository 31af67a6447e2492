using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Records;

namespace Karez.Secure.Tests;

/// <summary>A server of our own whose every octet a test decides on, once hands are shaken.</summary>
internal sealed class FarSide(Stream stream) : IDisposable
{
    private readonly byte[] _input = new byte[1 << 16];
    private int _held;

    public Stream Stream => stream;

    public TlsSession Session { get; private set; } = null!; // ShakeHandsAsync comes first.

    public async Task ShakeHandsAsync(TlsServerOptions options)
    {
        using var server = new TlsServer(options, new SeededEntropy(7));
        var output = new byte[1 << 15];
        while (true)
        {
            var status = server.Advance(_input.AsSpan(0, _held), output, default, out var used, out var produced);
            Drop(used);
            if (produced > 0)
                await stream.WriteAsync(output.AsMemory(0, produced));
            if (status == TlsStatus.Done)
                break;
            if (status == TlsStatus.NeedInput)
                Assert.True(await FillAsync(), "the client went away");
            else
                Assert.Equal(TlsStatus.NeedOutputSpace, status);
        }

        Session = server.TakeSession();
    }

    /// <summary>One record around a payload.</summary>
    public byte[] Seal(ReadOnlySpan<byte> payload)
    {
        var buffer = new byte[payload.Length + RecordSealer.Headroom + RecordSealer.Tailroom];
        payload.CopyTo(buffer.AsSpan(RecordSealer.Headroom));
        return buffer[..Session.Seal(buffer, RecordSealer.Headroom, payload.Length)];
    }

    public async Task SendAsync(params byte[][] records) =>
        await stream.WriteAsync(records.SelectMany(record => record).ToArray());

    /// <summary>The next status that is not the session's own business, with its data.</summary>
    public async Task<(TlsReadStatus Status, byte[] Data)> ReceiveAsync()
    {
        while (true)
        {
            var status = Session.Open(_input.AsSpan(0, _held), out var used, out var offset, out var length);
            byte[] data = status == TlsReadStatus.Data ? _input[offset..(offset + length)] : [];
            Drop(used);
            if (status == TlsReadStatus.NeedInput)
            {
                if (!await FillAsync())
                    return (TlsReadStatus.NeedInput, []);
            }
            else if (status != TlsReadStatus.Internal)
            {
                return (status, data);
            }
        }
    }

    public void Dispose()
    {
        Session?.Dispose();
        stream.Dispose();
    }

    private async Task<bool> FillAsync()
    {
        var read = await stream.ReadAsync(_input.AsMemory(_held));
        _held += read;
        return read > 0;
    }

    private void Drop(int used)
    {
        _input.AsSpan(used, _held - used).CopyTo(_input);
        _held -= used;
    }
}
