using System.Security.Cryptography;
using Karez.Crypto;
using Karez.Wire;

namespace Karez.Tls.Keys;

/// <summary>Secrets out of secrets, in the order of RFC 8446 section 7.1.</summary>
/// <remarks>
/// <code>
///            0 -> Extract &lt;- PSK or 0                    early secret    -> BinderMac
///   derived   |-> Extract &lt;- (EC)DHE                     handshake secret -> DeriveHandshake
///   derived   |-> Extract &lt;- 0                           master secret    -> DeriveApplication, resumption
/// </code>
/// Transcript hashes are parameters: where each is taken is written at the method.
/// </remarks>
public sealed class KeySchedule : IDisposable
{
    private readonly CipherSuite _suite;
    private readonly HashAlgorithmName _hash;
    private readonly int _length;
    private readonly Secret _current; // early, handshake, then master secret

    /// <summary>Starts at the early secret.</summary>
    /// <param name="suite">Whose hash is used.</param>
    /// <param name="psk">The pre-shared key; empty stands for zeros.</param>
    public KeySchedule(CipherSuite suite, ReadOnlySpan<byte> psk = default)
    {
        _suite = suite;
        _hash = suite.Hash();
        _length = suite.HashLength();
        _current = new Secret(_length);
        ClientHandshake = new Secret(_length);
        ServerHandshake = new Secret(_length);
        ClientApplication = new Secret(_length);
        ServerApplication = new Secret(_length);
        Span<byte> zeros = stackalloc byte[CipherSuiteTraits.MaxHashLength];
        zeros.Clear();
        zeros = zeros[.._length];
        Hkdf.Extract(_hash, psk.IsEmpty ? zeros : psk, zeros, _current.Octets);
    }

    /// <summary>The suite.</summary>
    public CipherSuite Suite => _suite;

    /// <summary>client_handshake_traffic_secret, after <see cref="DeriveHandshake"/>.</summary>
    public Secret ClientHandshake { get; }

    /// <summary>server_handshake_traffic_secret, after <see cref="DeriveHandshake"/>.</summary>
    public Secret ServerHandshake { get; }

    /// <summary>client_application_traffic_secret_0, after <see cref="DeriveApplication"/>.</summary>
    public Secret ClientApplication { get; }

    /// <summary>server_application_traffic_secret_0, after <see cref="DeriveApplication"/>.</summary>
    public Secret ServerApplication { get; }

    /// <summary>The MAC of a resumption PSK's binder; before <see cref="DeriveHandshake"/> only.</summary>
    /// <param name="transcriptHash">Up to the client hello without its binders list (section 4.2.11.2).</param>
    /// <param name="mac">Receives the MAC.</param>
    /// <returns>Octets written.</returns>
    public int BinderMac(ReadOnlySpan<byte> transcriptHash, Span<byte> mac)
    {
        using var binderKey = new Secret(_length);
        DeriveSecret("res binder"u8, EmptyHash(stackalloc byte[CipherSuiteTraits.MaxHashLength]), binderKey.Octets);
        return FinishedMac(binderKey, transcriptHash, mac);
    }

    /// <summary>Goes on to the handshake secret and its traffic secrets.</summary>
    /// <param name="sharedSecret">What the key exchange gave.</param>
    /// <param name="transcriptHash">Up to and with ServerHello.</param>
    public void DeriveHandshake(ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> transcriptHash)
    {
        Advance(sharedSecret);
        DeriveSecret("c hs traffic"u8, transcriptHash, ClientHandshake.Octets);
        DeriveSecret("s hs traffic"u8, transcriptHash, ServerHandshake.Octets);
    }

    /// <summary>Goes on to the master secret and its traffic secrets.</summary>
    /// <param name="transcriptHash">Up to and with the server's Finished.</param>
    public void DeriveApplication(ReadOnlySpan<byte> transcriptHash)
    {
        Span<byte> zeros = stackalloc byte[CipherSuiteTraits.MaxHashLength];
        zeros.Clear();
        Advance(zeros[.._length]);
        DeriveSecret("c ap traffic"u8, transcriptHash, ClientApplication.Octets);
        DeriveSecret("s ap traffic"u8, transcriptHash, ServerApplication.Octets);
    }

    /// <summary>resumption_master_secret, after <see cref="DeriveApplication"/>.</summary>
    /// <param name="transcriptHash">Up to and with the client's Finished.</param>
    public Secret ResumptionMaster(ReadOnlySpan<byte> transcriptHash)
    {
        var secret = new Secret(_length);
        DeriveSecret("res master"u8, transcriptHash, secret.Octets);
        return secret;
    }

    /// <summary>The PSK of one ticket (section 4.6.1).</summary>
    public static Secret ResumptionPsk(CipherSuite suite, Secret resumptionMaster, ReadOnlySpan<byte> ticketNonce)
    {
        ArgumentNullException.ThrowIfNull(resumptionMaster);
        var psk = new Secret(suite.HashLength());
        Hkdf.ExpandLabel(suite.Hash(), resumptionMaster.Octets, "resumption"u8, ticketNonce, psk.Octets);
        return psk;
    }

    /// <summary>Replaces a traffic secret by the next generation (section 7.2).</summary>
    public static void Update(CipherSuite suite, Secret traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        Span<byte> next = stackalloc byte[CipherSuiteTraits.MaxHashLength];
        next = next[..suite.HashLength()];
        Hkdf.ExpandLabel(suite.Hash(), traffic.Octets, "traffic upd"u8, default, next);
        next.CopyTo(traffic.Octets);
        next.Clear();
    }

    /// <summary>verify_data of Finished (section 4.4.4) under a handshake traffic secret.</summary>
    /// <returns>Octets written.</returns>
    public int FinishedMac(Secret traffic, ReadOnlySpan<byte> transcriptHash, Span<byte> mac)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        Span<byte> key = stackalloc byte[CipherSuiteTraits.MaxHashLength];
        key = key[.._length];
        Hkdf.ExpandLabel(_hash, traffic.Octets, "finished"u8, default, key);
        var written = Hmac.Compute(_hash, key, transcriptHash, mac);
        key.Clear();
        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current.Dispose();
        ClientHandshake.Dispose();
        ServerHandshake.Dispose();
        ClientApplication.Dispose();
        ServerApplication.Dispose();
    }

    private void Advance(ReadOnlySpan<byte> inputKeyingMaterial)
    {
        Span<byte> salt = stackalloc byte[CipherSuiteTraits.MaxHashLength];
        salt = salt[.._length];
        DeriveSecret("derived"u8, EmptyHash(stackalloc byte[CipherSuiteTraits.MaxHashLength]), salt);
        Hkdf.Extract(_hash, inputKeyingMaterial, salt, _current.Octets);
        salt.Clear();
    }

    private void DeriveSecret(ReadOnlySpan<byte> label, ReadOnlySpan<byte> transcriptHash, Span<byte> secret) =>
        Hkdf.ExpandLabel(_hash, _current.Octets, label, transcriptHash, secret);

    private ReadOnlySpan<byte> EmptyHash(Span<byte> destination)
    {
        var length = _hash == HashAlgorithmName.SHA384
            ? SHA384.HashData(ReadOnlySpan<byte>.Empty, destination)
            : SHA256.HashData(ReadOnlySpan<byte>.Empty, destination);
        return destination[..length];
    }
}
