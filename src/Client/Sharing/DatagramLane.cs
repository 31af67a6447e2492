using System.Buffers;
using Karez.Net.Loops;
using Karez.Proxy;

namespace Karez.Client.Sharing;

/// <summary>
/// Datagrams on their way from one loop to another: they collect in one buffer until the other loop takes them all.
/// What finds no room is lost, as on any path; an empty lane holds no buffer.
/// </summary>
/// <param name="to">The loop that takes them.</param>
/// <param name="take">Called there with each.</param>
/// <param name="taken">Called there after the last one of several.</param>
internal sealed class DatagramLane(EventLoop to, DatagramReceiver take, Action taken)
{
    private readonly Lock _lock = new();
    private Batch _filling = new();
    private Batch _emptying = new();
    private bool _isTold;

    /// <summary>Takes a datagram; false when there is no room. On the loop that they come from.</summary>
    public bool TryPut(in Destination address, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
            return _filling.TryPut(address, payload);
    }

    /// <summary>Lets the other loop take what there is.</summary>
    public void Tell()
    {
        lock (_lock)
        {
            if (_isTold || _filling.Count == 0)
                return;
            _isTold = true;
        }

        to.Post(static lane => ((DatagramLane)lane!).Empty(), this);
    }

    private void Empty()
    {
        lock (_lock)
        {
            (_filling, _emptying) = (_emptying, _filling);
            _isTold = false;
        }

        _emptying.Empty(take);
        taken();
    }

    private sealed class Batch
    {
        private readonly (Destination Address, int Length)[] _datagrams = new (Destination, int)[Most];
        private byte[]? _octets;
        private int _length;

        public int Count { get; private set; }

        public bool TryPut(in Destination address, ReadOnlySpan<byte> payload)
        {
            if (Count == Most || _length + payload.Length > Octets)
                return false;
            _octets ??= ArrayPool<byte>.Shared.Rent(Octets);
            payload.CopyTo(_octets.AsSpan(_length));
            _datagrams[Count++] = (address, payload.Length);
            _length += payload.Length;
            return true;
        }

        public void Empty(DatagramReceiver take)
        {
            var at = 0;
            foreach (ref var datagram in _datagrams.AsSpan(0, Count))
            {
                take(datagram.Address, _octets.AsSpan(at, datagram.Length));
                at += datagram.Length;
                datagram = default; // its name, if it had one
            }

            (Count, _length) = (0, 0);
            if (_octets is not null)
                ArrayPool<byte>.Shared.Return(_octets);
            _octets = null;
        }

        // As many as a socket hands over in one burst; as much as a stream collects (our choices).
        private const int Most = 64;
        private const int Octets = 65_536;
    }
}
