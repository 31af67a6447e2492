using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;

namespace Karez.Net.Relay;

/// <summary>An origin that is reached directly.</summary>
/// <param name="connection">The connection; owned from now on.</param>
public sealed class BareOrigin(Connection connection) : IOrigin, IDisposable
{
    private readonly Rented _buffer = connection.Loop.Buffers.Rent(BufferSize.Records);

    /// <inheritdoc/>
    public FlowFailure? Refusal => null;

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload) => connection.WriteAsync(payload);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync() =>
        _buffer.Memory[..await connection.ReadAsync(_buffer.Memory)];

    /// <inheritdoc/>
    public void Abort(ConnectionFault fault) => connection.Abort(fault);

    /// <inheritdoc/>
    public void Dispose()
    {
        connection.Dispose();
        _buffer.Dispose();
    }
}
