using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Tls;
using Karez.Tls.Handshake;

namespace Karez.Secure;

/// <summary>
/// Decides whether a server's chain is valid for a name, from the system's roots and what the server sent, and nothing
/// else: no CRL, OCSP or AIA is fetched, because that would leave the channel and tell of it.
/// </summary>
/// <param name="time">The wall clock.</param>
/// <param name="extraRoots">Roots to trust beside the system's; for private CAs and tests.</param>
public sealed class ChainVerifier(TimeProvider time, X509Certificate2Collection? extraRoots = null)
{
    // RFC 5280 section 4.2.1.12: id-kp-serverAuth.
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>True when the chain leads to a trusted root, is in time, and names the server.</summary>
    /// <param name="identity">What the server presented.</param>
    /// <param name="serverName">The name or address that was asked for.</param>
    public bool IsValid(ServerIdentity identity, string serverName)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Judge(identity.CertificateChain, serverName) == TlsFault.None;
    }

    /// <summary>Says what is wrong with a chain.</summary>
    /// <param name="chain">The certificates in DER, leaf first.</param>
    /// <param name="serverName">The name or address that was asked for.</param>
    /// <returns>
    /// None, MalformedCertificate, WrongCertificateName, ExpiredCertificate, UntrustedCertificate, or
    /// RefusedCertificate when the chain may not be used for this.
    /// </returns>
    public TlsFault Judge(IReadOnlyList<ReadOnlyMemory<byte>> chain, string serverName)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var certificates = new List<X509Certificate2>();
        try
        {
            foreach (var der in chain)
                certificates.Add(X509CertificateLoader.LoadCertificate(der.Span));
            if (certificates is not [var leaf, .. var others])
                return TlsFault.EmptyCertificateChain;
            return leaf.MatchesHostname(serverName, allowWildcards: true, allowCommonName: false)
                ? Build(leaf, others)
                : TlsFault.WrongCertificateName;
        }
        catch (CryptographicException)
        {
            // Not a certificate that the system can read.
            return TlsFault.MalformedCertificate;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    private TlsFault Build(X509Certificate2 leaf, List<X509Certificate2> others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(s_serverAuthentication);
        foreach (var certificate in others)
            chain.ChainPolicy.ExtraStore.Add(certificate);
        if (chain.Build(leaf))
            return TlsFault.None;
        if (extraRoots is null)
            return Name(chain);
        chain.Reset();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(extraRoots);
        return chain.Build(leaf) ? TlsFault.None : Name(chain);
    }

    private static TlsFault Name(X509Chain chain)
    {
        const X509ChainStatusFlags NoRoot = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((status & NoRoot) != 0)
            return TlsFault.UntrustedCertificate;
        return (status & X509ChainStatusFlags.NotTimeValid) != 0
            ? TlsFault.ExpiredCertificate
            : TlsFault.RefusedCertificate;
    }
}
