using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

[assembly: DisableRuntimeMarshalling]

namespace Karez.Crypto;

/// <summary>
/// OpenSSL 3's libcrypto, which the framework has loaded for its own ciphers, asked for what the framework does not
/// offer. Octets in, octets out: no handle outlives a call, and any number of threads may call at once.
/// </summary>
internal static unsafe partial class Libcrypto
{
    /// <summary>
    /// Whether there is a libcrypto that computes X25519 as RFC 7748 does: not where the framework found OpenSSL 1.1,
    /// nor where the machine allows FIPS's algorithms alone.
    /// </summary>
    public static bool HasX25519 { get; } = ComputesX25519();

    /// <summary>X25519 of our private key and a peer's public key.</summary>
    /// <param name="privateKey">32 octets.</param>
    /// <param name="peerPublicKey">32 octets.</param>
    /// <param name="secret">Room for 32 octets.</param>
    /// <returns>False when the secret is all zero.</returns>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> secret)
    {
        nint maker = 0, ours = 0, peer = 0, agreement = 0;
        try
        {
            maker = StartKeys();
            // A public half is given so that it is not computed, which takes as long as the agreement itself. The
            // function knows no public half of ours, so the peer's does.
            ours = MakeKey(maker, privateKey, peerPublicKey);
            peer = MakeKey(maker, [], peerPublicKey);
            agreement = Require(EVP_PKEY_CTX_new(ours, 0));
            Require(EVP_PKEY_derive_init(agreement));
            Require(EVP_PKEY_derive_set_peer_ex(agreement, peer, validatePeer: 0));
            var length = (nuint)secret.Length;
            fixed (byte* octets = secret)
            {
                if (EVP_PKEY_derive(agreement, octets, &length) == 1)
                    return true;
            }

            // What it has to say about a point of small order would be found by this thread's next caller.
            ERR_clear_error();
            return false;
        }
        finally
        {
            // All of these take null, and a key's octets are overwritten.
            EVP_PKEY_CTX_free(agreement);
            EVP_PKEY_free(peer);
            EVP_PKEY_free(ours);
            EVP_PKEY_CTX_free(maker);
        }
    }

    /// <summary>Computes the public key of an X25519 private key.</summary>
    /// <param name="privateKey">32 octets.</param>
    /// <param name="publicKey">Room for 32 octets.</param>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        nint maker = 0, key = 0;
        try
        {
            maker = StartKeys();
            key = MakeKey(maker, privateKey, []);
            var length = (nuint)publicKey.Length;
            fixed (byte* octets = publicKey)
                Require(EVP_PKEY_get_raw_public_key(key, octets, &length));
        }
        finally
        {
            EVP_PKEY_free(key);
            EVP_PKEY_CTX_free(maker);
        }
    }

    /// <summary>RFC 7748 section 6.1, both functions, once in a process.</summary>
    private static bool ComputesX25519()
    {
        try
        {
            // The framework goes first: it tells the library to leave its tables alone when the process exits, which
            // other threads may still be using.
            Span<byte> octets = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData([], octets);
            DerivePublicKey(AlicePrivate, octets);
            return octets.SequenceEqual(AlicePublic)
                && TryAgree(AlicePrivate, BobPublic, octets) && octets.SequenceEqual(Shared);
        }
        catch (Exception exception) when (
            exception is DllNotFoundException or EntryPointNotFoundException or CryptographicException)
        {
            return false;
        }
    }

    private static nint StartKeys()
    {
        fixed (byte* name = "X25519"u8)
        {
            var maker = Require(EVP_PKEY_CTX_new_from_name(0, name, null));
            Require(EVP_PKEY_fromdata_init(maker));
            return maker;
        }
    }

    /// <summary>Makes a key of the halves that are given.</summary>
    private static nint MakeKey(nint maker, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        fixed (byte* privateName = "priv"u8, publicName = "pub"u8, privateOctets = privateKey, publicOctets = publicKey)
        {
            // Closed by an entry of zeros.
            var parts = stackalloc Parameter[3];
            new Span<Parameter>(parts, 3).Clear();
            var count = 0;
            if (!publicKey.IsEmpty)
                parts[count++] = new Parameter(publicName, publicOctets, publicKey.Length);
            if (!privateKey.IsEmpty)
                parts[count++] = new Parameter(privateName, privateOctets, privateKey.Length);
            nint key = 0;
            Require(EVP_PKEY_fromdata(maker, &key, privateKey.IsEmpty ? PublicHalf : BothHalves, parts));
            return key;
        }
    }

    private static void Require(int result)
    {
        if (result != 1)
            Refuse();
    }

    private static nint Require(nint made)
    {
        if (made == 0)
            Refuse();
        return made;
    }

    private static void Refuse()
    {
        ERR_clear_error();
        throw new CryptographicException("libcrypto refused a step of X25519 that no peer has a part in.");
    }

    /// <summary>OSSL_PARAM of openssl/core.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Parameter(byte* name, byte* octets, int length)
    {
        private readonly byte* _name = name;
        private readonly uint _kind = OctetString;
        private readonly byte* _octets = octets;
        private readonly nuint _length = (nuint)length;
        private readonly nuint _returned;
    }

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_CTX_new_from_name(nint libraryContext, byte* name, byte* properties);

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_fromdata_init(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_fromdata(nint context, nint* key, int selection, Parameter* parts);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, byte* octets, nuint* length);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive_set_peer_ex(nint context, nint peer, int validatePeer);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive(nint context, byte* secret, nuint* length);

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();

    // The version whose functions these are, by the name under which every distribution has it.
    private const string Library = "libcrypto.so.3";

    // OSSL_PARAM_OCTET_STRING, EVP_PKEY_PUBLIC_KEY and EVP_PKEY_KEYPAIR.
    private const uint OctetString = 5;
    private const int PublicHalf = 0x86;
    private const int BothHalves = 0x87;

    private static ReadOnlySpan<byte> AlicePrivate =>
    [
        0x77, 0x07, 0x6D, 0x0A, 0x73, 0x18, 0xA5, 0x7D, 0x3C, 0x16, 0xC1, 0x72, 0x51, 0xB2, 0x66, 0x45,
        0xDF, 0x4C, 0x2F, 0x87, 0xEB, 0xC0, 0x99, 0x2A, 0xB1, 0x77, 0xFB, 0xA5, 0x1D, 0xB9, 0x2C, 0x2A,
    ];

    private static ReadOnlySpan<byte> AlicePublic =>
    [
        0x85, 0x20, 0xF0, 0x09, 0x89, 0x30, 0xA7, 0x54, 0x74, 0x8B, 0x7D, 0xDC, 0xB4, 0x3E, 0xF7, 0x5A,
        0x0D, 0xBF, 0x3A, 0x0D, 0x26, 0x38, 0x1A, 0xF4, 0xEB, 0xA4, 0xA9, 0x8E, 0xAA, 0x9B, 0x4E, 0x6A,
    ];

    private static ReadOnlySpan<byte> BobPublic =>
    [
        0xDE, 0x9E, 0xDB, 0x7D, 0x7B, 0x7D, 0xC1, 0xB4, 0xD3, 0x5B, 0x61, 0xC2, 0xEC, 0xE4, 0x35, 0x37,
        0x3F, 0x83, 0x43, 0xC8, 0x5B, 0x78, 0x67, 0x4D, 0xAD, 0xFC, 0x7E, 0x14, 0x6F, 0x88, 0x2B, 0x4F,
    ];

    private static ReadOnlySpan<byte> Shared =>
    [
        0x4A, 0x5D, 0x9D, 0x5B, 0xA4, 0xCE, 0x2D, 0xE1, 0x72, 0x8E, 0x3B, 0xF4, 0x80, 0x35, 0x0F, 0x25,
        0xE0, 0x7E, 0x21, 0xC9, 0x47, 0xD1, 0x9E, 0x33, 0x76, 0xF0, 0x9B, 0x3C, 0x1E, 0x16, 0x17, 0x42,
    ];
}
