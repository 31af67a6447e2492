using System.Buffers.Binary;
using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Tests;

/// <summary>Random octets that are the same on every run: SHA-256 of a seed and a counter.</summary>
internal sealed class SeededEntropy(ulong seed) : IEntropy
{
    private readonly byte[] _block = new byte[32];
    private ulong _counter;
    private int _left;

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_left == 0)
                Refill();
            var take = Math.Min(_left, destination.Length);
            _block.AsSpan(_block.Length - _left, take).CopyTo(destination);
            destination = destination[take..];
            _left -= take;
        }
    }

    private void Refill()
    {
        Span<byte> input = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(input, seed);
        BinaryPrimitives.WriteUInt64BigEndian(input[8..], _counter++);
        SHA256.HashData(input, _block);
        _left = _block.Length;
    }
}
