using System.Buffers.Binary;
using System.Text;
using Karez.Crypto;
using Karez.Wire;

namespace Karez.Proxy.Mux;

/// <summary>
/// Makes GlobalIDs: the same source always has the same within one process, and nobody learns the source.
/// </summary>
public sealed class XudpIdentity : IDisposable
{
    private readonly Secret _key;

    /// <summary>Draws the process's key.</summary>
    public XudpIdentity(IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        _key = new Secret(Blake3.KeySize);
        entropy.Fill(_key.Octets);
    }

    /// <summary>The id of a source, "udp:address:port" in text; never 0.</summary>
    public ulong Of(string source)
    {
        Span<byte> output = stackalloc byte[8];
        Blake3.Keyed(_key.Octets, Encoding.UTF8.GetBytes(source), output);
        return Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(output));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
