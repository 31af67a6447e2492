using System.Security.Cryptography;
using Karez.Tls.Messages;

namespace Karez.Tls.Keys;

/// <summary>The running hash over the handshake messages (RFC 8446 section 4.4.1).</summary>
public sealed class Transcript : IDisposable
{
    /// <summary>The longest hash of any suite, in octets.</summary>
    public const int MaxHashSize = CipherSuiteTraits.MaxHashLength;

    private readonly CipherSuite _suite;
    private readonly IncrementalHash _hash;

    /// <summary>Starts empty, with the suite's hash.</summary>
    public Transcript(CipherSuite suite)
    {
        _suite = suite;
        _hash = IncrementalHash.CreateHash(suite.Hash());
    }

    /// <summary>Length of the hash in octets.</summary>
    public int HashLength => _suite.HashLength();

    /// <summary>Takes in a whole message, its four-octet header included (or the next piece of one).</summary>
    public void Append(ReadOnlySpan<byte> message) => _hash.AppendData(message);

    /// <summary>Writes the hash over all that was appended, and goes on.</summary>
    /// <returns>Octets written: <see cref="HashLength"/>.</returns>
    public int CurrentHash(Span<byte> destination) => _hash.GetCurrentHash(destination);

    /// <summary>Replaces the first hello by the message_hash message, as HelloRetryRequest wants.</summary>
    public void ReplaceByMessageHash()
    {
        Span<byte> message = stackalloc byte[4 + CipherSuiteTraits.MaxHashLength];
        var length = _hash.GetHashAndReset(message[4..]);
        message[0] = (byte)HandshakeType.MessageHash;
        message[1] = 0;
        message[2] = 0;
        message[3] = (byte)length;
        _hash.AppendData(message[..(4 + length)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
