using System.Security.Cryptography;

namespace Karez.Crypto;

/// <summary>One authenticated cipher under one key; used by one thread at a time.</summary>
public abstract class Aead : IDisposable
{
    /// <summary>Octets of a nonce.</summary>
    public const int NonceSize = 12;

    /// <summary>Octets of a tag.</summary>
    public const int TagSize = 16;

    private protected Aead()
    {
    }

    /// <summary>Octets of a key.</summary>
    public static int KeySizeOf(AeadAlgorithm algorithm) => algorithm == AeadAlgorithm.Aes128Gcm ? 16 : 32;

    /// <summary>Takes up a key; the octets are copied.</summary>
    /// <exception cref="ArgumentException">The key does not have <see cref="KeySizeOf"/> octets.</exception>
    public static Aead Create(AeadAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        OctetLength.Require(key, KeySizeOf(algorithm));
        return algorithm switch
        {
            AeadAlgorithm.Aes128Gcm or AeadAlgorithm.Aes256Gcm => new Gcm(key),
            AeadAlgorithm.ChaCha20Poly1305 => new ChaCha(key),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
    }

    /// <summary>Encrypts and authenticates; allocates nothing.</summary>
    /// <param name="nonce">12 octets, never used twice under one key.</param>
    /// <param name="plaintext">What to hide.</param>
    /// <param name="ciphertext">As long as the plaintext; the same octets, or octets apart.</param>
    /// <param name="tag">Room for exactly 16 octets.</param>
    /// <param name="associatedData">What to authenticate without hiding it.</param>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public abstract void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag,
        ReadOnlySpan<byte> associatedData);

    /// <summary>Checks and decrypts; allocates nothing when the tag holds.</summary>
    /// <param name="nonce">12 octets.</param>
    /// <param name="ciphertext">What was received.</param>
    /// <param name="tag">The 16 octets received with it.</param>
    /// <param name="plaintext">As long as the ciphertext; the same octets, or octets apart.</param>
    /// <param name="associatedData">As it was given to <see cref="Seal"/>.</param>
    /// <returns>False when the tag does not hold. The plaintext is then zeroed: whoever needs the ciphertext after a
    /// failure does not open in place.</returns>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public bool TryOpen(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData)
    {
        // The framework has no Try form; a bad tag ends its connection, so the throw is paid once there.
        try
        {
            Open(nonce, ciphertext, tag, plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Open(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData);

    /// <summary>Forgets the key.</summary>
    protected abstract void Dispose(bool disposing);

    private sealed class Gcm(ReadOnlySpan<byte> key) : Aead
    {
        private readonly AesGcm _cipher = new(key, TagSize);

        public override void Seal(
            ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag,
            ReadOnlySpan<byte> associatedData) => _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        private protected override void Open(
            ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
            ReadOnlySpan<byte> associatedData) => _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

        protected override void Dispose(bool disposing) => _cipher.Dispose();
    }

    private sealed class ChaCha(ReadOnlySpan<byte> key) : Aead
    {
        private readonly ChaCha20Poly1305 _cipher = new(key);

        public override void Seal(
            ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag,
            ReadOnlySpan<byte> associatedData) => _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        private protected override void Open(
            ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
            ReadOnlySpan<byte> associatedData) => _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

        protected override void Dispose(bool disposing) => _cipher.Dispose();
    }
}
