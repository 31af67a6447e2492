using System.Security.Cryptography;
using System.Text;

namespace Karez.Probes.Hello;

/// <summary>Octets without pattern that are the same in every run: a label stretched by SHA-256.</summary>
public sealed class Draws(string label)
{
    private readonly byte[] _label = Encoding.UTF8.GetBytes(label);
    private readonly Queue<byte> _left = new();
    private int _block;

    /// <summary>The next octets.</summary>
    public byte[] Take(int count)
    {
        while (_left.Count < count)
        {
            foreach (var octet in SHA256.HashData([.. _label, .. BitConverter.GetBytes(_block++)]))
                _left.Enqueue(octet);
        }

        var result = new byte[count];
        for (var i = 0; i < count; i++)
            result[i] = _left.Dequeue();
        return result;
    }
}
