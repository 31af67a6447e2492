using Karez.Net.Loops;

namespace Karez.Net.Relay;

/// <summary>Receives from a UDP socket, in bursts, and holds no buffer while nothing comes.</summary>
public static class DatagramPump
{
    /// <summary>Datagrams before the sink is flushed and others have their turn (our choice).</summary>
    private const int Burst = 64;

    /// <summary>Receives until the socket is aborted, released or disposed.</summary>
    public static async ValueTask RunAsync(DatagramConnection socket, IDatagramSink sink)
    {
        try
        {
            while (true)
            {
                await socket.WaitReadableAsync();
                if (ReceiveBurst(socket, sink))
                    await socket.Loop.YieldAsync();
            }
        }
        catch (ConnectionException)
        {
            // How whoever owns the socket ends this.
        }
    }

    /// <returns>True if there may be more.</returns>
    private static bool ReceiveBurst(DatagramConnection socket, IDatagramSink sink)
    {
        using var buffer = socket.Loop.Buffers.Rent(BufferSize.Small);
        var left = Burst;
        while (left > 0 && socket.TryReceiveFrom(buffer.Span, out var datagram))
        {
            left--;
            sink.Take(datagram.Source, buffer.Span[..datagram.Length]);
        }

        if (left < Burst)
            sink.Flush();
        return left == 0;
    }
}
