using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
        var certificates = new List<X509Certificate2>();
        try
        {
            foreach (var der in identity.CertificateChain)
                certificates.Add(X509CertificateLoader.LoadCertificate(der.Span));
            return certificates is [var leaf, .. var others]
                && leaf.MatchesHostname(serverName, allowWildcards: true, allowCommonName: false)
                && Builds(leaf, others);
        }
        catch (CryptographicException)
        {
            // Not a certificate that the system can read.
            return false;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    private bool Builds(X509Certificate2 leaf, List<X509Certificate2> others)
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
            return true;
        if (extraRoots is null)
            return false;
        chain.Reset();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(extraRoots);
        return chain.Build(leaf);
    }
}
