using System.Buffers;

namespace Karez.Net.Relay;

/// <summary>Octets that wait to be written, in pieces of the shared pool; an empty one holds none.</summary>
internal sealed class OctetQueue
{
    private readonly Queue<byte[]> _pieces = new();
    private byte[]? _last;
    private int _start; // in the first piece
    private int _end; // in the last piece

    /// <summary>Octets that wait.</summary>
    public int Length { get; private set; }

    /// <summary>Copies octets to the end.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        while (!octets.IsEmpty)
        {
            if (_last is null || _end == _last.Length)
            {
                _last = ArrayPool<byte>.Shared.Rent(PieceLength);
                _end = 0;
                _pieces.Enqueue(_last);
            }

            var taken = Math.Min(octets.Length, _last.Length - _end);
            octets[..taken].CopyTo(_last.AsSpan(_end));
            _end += taken;
            octets = octets[taken..];
        }
    }

    /// <summary>
    /// The first octets, in one piece; they stay where they are, whatever is added, until <see cref="Drop"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Front
    {
        get
        {
            if (Length == 0)
                return default;
            var first = _pieces.Peek();
            return first.AsMemory(_start..(_pieces.Count == 1 ? _end : first.Length));
        }
    }

    /// <summary>Takes away the front of <see cref="Front"/>.</summary>
    public void Drop(int count)
    {
        Length -= count;
        _start += count;
        if (Length > 0 && _start < _pieces.Peek().Length)
            return;
        ArrayPool<byte>.Shared.Return(_pieces.Dequeue());
        _start = 0;
        if (Length == 0)
            (_last, _end) = (null, 0);
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        while (_pieces.TryDequeue(out var piece))
            ArrayPool<byte>.Shared.Return(piece);
        (_last, _start, _end, Length) = (null, 0, 0, 0);
    }

    private const int PieceLength = 16 * 1024;
}
