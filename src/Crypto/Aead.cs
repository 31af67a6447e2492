using System.Security.Cryptography;

namespace Karez.Crypto;

/// <summary>
/// Authenticated encryption with a 12-octet nonce and a 16-octet tag; works in place, allocates nothing.
/// </summary>
public abstract class Aead : IDisposable
{
    /// <summary>Length of the tag, in octets.</summary>
    public const int TagSize = 16;

    /// <summary>Length of the nonce, in octets.</summary>
    public const int NonceSize = 12;

    /// <summary>Makes a cipher.</summary>
    /// <param name="algorithm">Which one.</param>
    /// <param name="key">16 or 32 octets, as the algorithm asks.</param>
    public static Aead Create(AeadAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        var size = algorithm == AeadAlgorithm.Aes128Gcm ? 16 : 32;
        if (key.Length != size)
            throw new ArgumentException($"{algorithm} takes a key of {size} octets.", nameof(key));
        return algorithm == AeadAlgorithm.ChaCha20Poly1305
            ? new ChaCha(new ChaCha20Poly1305(key))
            : new Gcm(new AesGcm(key, TagSize));
    }

    /// <summary>Encrypts; <paramref name="ciphertext"/> may be the plaintext's own memory.</summary>
    public abstract void Seal(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext,
        Span<byte> tag,
        ReadOnlySpan<byte> associatedData);

    /// <summary>Decrypts; false, with the plaintext cleared, when the tag is wrong.</summary>
    public bool TryOpen(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData)
    {
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Decrypts or throws <see cref="AuthenticationTagMismatchException"/>.</summary>
    protected abstract void Open(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData);

    /// <summary>Releases the key.</summary>
    protected abstract void Dispose(bool disposing);

    private sealed class Gcm(AesGcm cipher) : Aead
    {
        public override void Seal(
            ReadOnlySpan<byte> nonce,
            ReadOnlySpan<byte> plaintext,
            Span<byte> ciphertext,
            Span<byte> tag,
            ReadOnlySpan<byte> associatedData) => cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        protected override void Open(
            ReadOnlySpan<byte> nonce,
            ReadOnlySpan<byte> ciphertext,
            ReadOnlySpan<byte> tag,
            Span<byte> plaintext,
            ReadOnlySpan<byte> associatedData) => cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

        protected override void Dispose(bool disposing) => cipher.Dispose();
    }

    private sealed class ChaCha(ChaCha20Poly1305 cipher) : Aead
    {
        public override void Seal(
            ReadOnlySpan<byte> nonce,
            ReadOnlySpan<byte> plaintext,
            Span<byte> ciphertext,
            Span<byte> tag,
            ReadOnlySpan<byte> associatedData) => cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        protected override void Open(
            ReadOnlySpan<byte> nonce,
            ReadOnlySpan<byte> ciphertext,
            ReadOnlySpan<byte> tag,
            Span<byte> plaintext,
            ReadOnlySpan<byte> associatedData) => cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

        protected override void Dispose(bool disposing) => cipher.Dispose();
    }
}
