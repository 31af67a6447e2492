using System.Buffers.Binary;
using System.Security.Cryptography;
using Karez.Crypto;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The sealed session id: 32 octets of a ClientHello that only the node can open.
/// </summary>
/// <remarks>
/// <code>
///  legacy_session_id (M[39..71) of the handshake message M)
///  +------------------------------------------------------+----------+
///  | AES-256-GCM( version 3 | 0 | unix time 4 | short id 8 ) | tag 16 |
///  +------------------------------------------------------+----------+
///  key   = HKDF-SHA256(X25519(client share, node key), salt = Random[0..20), info = "REALITY")
///  nonce = Random[20..32), additional data = M with the session id zeroed
/// </code>
/// Source: XTLS/Xray-core transport/internet/reality/reality.go at 2323273e, XTLS/REALITY tls.go at 9234c772.
/// </remarks>
public static class RealityWire
{
    /// <summary>Where the session id lies in the handshake message, its 4-octet header included.</summary>
    public const int SessionIdOffset = 39;

    /// <summary>Length of the session id.</summary>
    public const int SessionIdSize = 32;

    /// <summary>Length of the key both sides derive.</summary>
    public const int AuthKeySize = 32;

    /// <summary>Seals the claim into the hello's session id.</summary>
    /// <param name="hello">The whole ClientHello message, final but for its 32-octet session id.</param>
    /// <param name="clientPrivateKey">
    /// Private half of the standalone X25519 share, or, where the hello has none, of the hybrid's X25519 half.
    /// </param>
    /// <param name="nodePublicKey">The node's X25519 public key.</param>
    /// <param name="claim">What the client says.</param>
    /// <param name="authKey">Receives the 32 octets of the derived key.</param>
    /// <returns>False when the public key is of low order.</returns>
    public static bool TrySeal(
        Span<byte> hello,
        ReadOnlySpan<byte> clientPrivateKey,
        ReadOnlySpan<byte> nodePublicKey,
        RealityClaim claim,
        Span<byte> authKey)
    {
        Span<byte> shared = stackalloc byte[X25519.KeySize];
        if (!X25519.TryAgree(clientPrivateKey, nodePublicKey, shared))
            return false;
        Seal(hello, shared, claim, authKey);
        CryptographicOperations.ZeroMemory(shared);
        return true;
    }

    /// <summary>Seals with a secret that was agreed on before.</summary>
    /// <param name="hello">The whole ClientHello message, final but for its 32-octet session id.</param>
    /// <param name="shared">X25519 of the private half that <see cref="TrySeal"/> speaks of and the node's key.</param>
    /// <param name="claim">What the client says.</param>
    /// <param name="authKey">Receives the 32 octets of the derived key.</param>
    public static void Seal(Span<byte> hello, ReadOnlySpan<byte> shared, RealityClaim claim, Span<byte> authKey)
    {
        var random = hello.Slice(6, 32);
        var sessionId = hello.Slice(SessionIdOffset, SessionIdSize);
        DeriveAuthKey(shared, random, authKey);
        Span<byte> plaintext = stackalloc byte[16];
        plaintext[0] = claim.Version.Major;
        plaintext[1] = claim.Version.Minor;
        plaintext[2] = claim.Version.Patch;
        plaintext[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(plaintext[4..], claim.UnixSeconds);
        claim.ShortId.Write(plaintext[8..]);

        sessionId.Clear();
        Span<byte> box = stackalloc byte[SessionIdSize];
        using var cipher = new AesGcm(authKey, AesGcm.TagByteSizes.MaxSize);
        cipher.Encrypt(random[20..], plaintext, box[..16], box[16..], hello);
        box.CopyTo(sessionId);
    }

    /// <summary>Opens the session id of a hello; false for every hello that is not meant for this node.</summary>
    /// <param name="hello">The whole ClientHello message with a 32-octet session id; restored before returning.</param>
    /// <param name="clientShare">The hello's X25519 public value (32 octets).</param>
    /// <param name="nodePrivateKey">The node's X25519 private key.</param>
    /// <param name="claim">What the client says; meaningful only when true is returned.</param>
    /// <param name="authKey">Receives the 32 octets of the derived key.</param>
    public static bool TryOpen(
        Span<byte> hello,
        ReadOnlySpan<byte> clientShare,
        ReadOnlySpan<byte> nodePrivateKey,
        out RealityClaim claim,
        Span<byte> authKey)
    {
        claim = default;
        if (hello.Length < SessionIdOffset + SessionIdSize || hello[SessionIdOffset - 1] != SessionIdSize)
            return false;
        var random = hello.Slice(6, 32);
        if (!TryDeriveAuthKey(nodePrivateKey, clientShare, random, authKey))
            return false;

        var sessionId = hello.Slice(SessionIdOffset, SessionIdSize);
        Span<byte> box = stackalloc byte[SessionIdSize];
        sessionId.CopyTo(box);
        sessionId.Clear();
        Span<byte> plaintext = stackalloc byte[16];
        using var cipher = Aead.Create(AeadAlgorithm.Aes256Gcm, authKey);
        var opened = cipher.TryOpen(random[20..], box[..16], box[16..], plaintext, hello);
        box.CopyTo(sessionId);
        if (!opened)
            return false;

        claim = new RealityClaim(
            new ClientVersion(plaintext[0], plaintext[1], plaintext[2]),
            BinaryPrimitives.ReadUInt32BigEndian(plaintext[4..]),
            ShortId.Read(plaintext[8..]));
        return true;
    }

    private static bool TryDeriveAuthKey(
        ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> random, Span<byte> authKey)
    {
        Span<byte> shared = stackalloc byte[X25519.KeySize];
        if (!X25519.TryAgree(privateKey, publicKey, shared))
            return false;
        DeriveAuthKey(shared, random, authKey);
        CryptographicOperations.ZeroMemory(shared);
        return true;
    }

    private static void DeriveAuthKey(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> random, Span<byte> authKey) =>
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, shared, random[..20], "REALITY"u8, authKey);
}
