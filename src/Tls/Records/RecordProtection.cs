using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Records;

/// <summary>One direction's cipher, initial vector and sequence number (RFC 8446 section 5.3).</summary>
internal sealed class RecordProtection : IDisposable
{
    /// <summary>Length of initial vector and nonce in octets.</summary>
    public const int NonceLength = 12;

    private readonly byte[] _iv = new byte[NonceLength];
    private Aead? _aead;

    /// <summary>Whether records are encrypted yet.</summary>
    public bool Active => _aead is not null;

    /// <summary>Records under the present key so far.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Starts a new key: key and initial vector from the traffic secret, sequence number 0.</summary>
    public void Start(CipherSuite suite, Secret trafficSecret)
    {
        Span<byte> key = stackalloc byte[CipherSuiteTraits.MaxKeyLength];
        key = key[..suite.KeyLength()];
        Hkdf.ExpandLabel(suite.Hash(), trafficSecret.Octets, "key"u8, default, key);
        Hkdf.ExpandLabel(suite.Hash(), trafficSecret.Octets, "iv"u8, default, _iv);
        _aead?.Dispose();
        _aead = Aead.Create(suite.Aead(), key);
        Sequence = 0;
        key.Clear();
    }

    /// <summary>Whether a further record can be protected: the sequence number never wraps.</summary>
    public bool CanAdvance => Sequence != ulong.MaxValue;

    /// <summary>Encrypts in place; the tag goes right after the text.</summary>
    public void Seal(Span<byte> text, Span<byte> tag, ReadOnlySpan<byte> header)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        FillNonce(nonce);
        _aead!.Seal(nonce, text, text, tag, header); // Active is checked by the caller.
        Sequence++;
    }

    /// <summary>Decrypts in place; false leaves the sequence number as it was.</summary>
    public bool TryOpen(Span<byte> text, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> header)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        FillNonce(nonce);
        if (!_aead!.TryOpen(nonce, text, tag, text, header)) // Active is checked by the caller.
            return false;
        Sequence++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aead?.Dispose();
        _aead = null;
        Array.Clear(_iv);
    }

    private void FillNonce(Span<byte> nonce)
    {
        _iv.CopyTo(nonce);
        var tail = nonce[4..];
        BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) ^ Sequence);
    }
}
