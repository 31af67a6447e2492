using System.Security.Cryptography;
using System.Text;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <content>What a hello offers, what is chosen of it, and the retry.</content>
public sealed partial class TlsServer
{
    private const ushort Tls13 = 0x0304;
    private const int CookieLength = 32;

    private byte[] _firstHello = [];
    private byte[] _cookie = [];
    private byte[] _retry = [];

    private TlsFault ReadFirstHello(ReadOnlySpan<byte> message, Instant now)
    {
        if (Choose(message, out var hello) is var fault and not TlsFault.None)
            return fault;
        if (hello.Extensions.Contains(ExtensionType.Cookie))
            return TlsFault.UnsolicitedExtension;
        ServerName = Encoding.ASCII.GetString(hello.ServerName);
        if (_options.ForceRetry || !hello.TryGetKeyShare(_group, out _))
            return SendRetry(hello);
        _transcript = new Transcript(_suite);
        return Answer(hello, now);
    }

    private TlsFault ReadSecondHello(ReadOnlySpan<byte> message, Instant now)
    {
        var (suite, group) = (_suite, _group);
        _flow.Opener.EarlyDataToSkip = 0;
        if (Choose(message, out var hello) is var fault and not TlsFault.None)
            return fault;
        var cookie = hello.TryGetExtension(ExtensionType.Cookie, out var body) ? body : default;
        if (!ClientHelloView.TryParse(_firstHello, out var first) || !IsSameHello(first, hello)
            || suite != _suite || group != _group
            || hello.Extensions.Contains(ExtensionType.EarlyData)
            || !hello.TryGetKeyShare(group, out _)
            || !CryptographicOperations.FixedTimeEquals(cookie.Length > 2 ? cookie[2..] : default, _cookie))
            return TlsFault.ChangedHello;
        return Answer(hello, now);
    }

    /// <summary>Checks the hello and picks version, suite, group and protocol, in the server's order.</summary>
    private TlsFault Choose(ReadOnlySpan<byte> message, out ClientHelloView hello)
    {
        if (!ClientHelloView.TryParse(message, out hello, out var fault))
            return fault;
        if (!_flow.Messages.IsEmpty)
            return TlsFault.MessageAcrossKeyChange;
        if (!hello.OffersVersion(Tls13))
            return TlsFault.NoCommonVersion;
        if (hello.CompressionMethods is not [0])
            return TlsFault.OfferedOrSelectedCompression;
        if (!hello.Extensions.Contains(ExtensionType.KeyShare)
            || !hello.Extensions.Contains(ExtensionType.SupportedGroups)
            || !hello.Extensions.Contains(ExtensionType.SignatureAlgorithms))
            return TlsFault.MissingExtension;
        if (!hello.KeyShares.IsWhole || !hello.Alpn.IsWhole)
            return TlsFault.MalformedMessage;

        _suite = CipherSuite.None;
        foreach (var suite in _options.CipherSuites)
        {
            if (_suite == CipherSuite.None && hello.OffersSuite(suite))
                _suite = suite;
        }

        if (_suite == CipherSuite.None)
            return TlsFault.NoCommonSuite;
        return ChooseGroup(hello) ? ChooseAlpn(hello) : TlsFault.NoCommonGroup;
    }

    private bool ChooseGroup(ClientHelloView hello)
    {
        foreach (var group in _options.Groups)
        {
            if (hello.OffersGroup(group) && hello.TryGetKeyShare(group, out _))
            {
                _group = group;
                return true;
            }
        }

        foreach (var group in _options.Groups)
        {
            if (hello.OffersGroup(group))
            {
                _group = group;
                return true;
            }
        }

        return false;
    }

    private TlsFault ChooseAlpn(ClientHelloView hello)
    {
        _alpn = null;
        if (_options.Alpn.Count == 0 || hello.Alpn.IsEmpty)
            return TlsFault.None;
        foreach (var name in _options.Alpn)
        {
            if (hello.Alpn.Contains(Encoding.Latin1.GetBytes(name)))
            {
                _alpn = name;
                return TlsFault.None;
            }
        }

        return TlsFault.NoCommonAlpn;
    }

    /// <summary>HelloRetryRequest: the group that has no share, the cookie when a retry is forced, or both.</summary>
    private TlsFault SendRetry(ClientHelloView hello)
    {
        _firstHello = hello.Message.ToArray();
        if (_options.ForceRetry)
        {
            _cookie = new byte[CookieLength];
            _entropy.Fill(_cookie);
        }

        Span<byte> message = stackalloc byte[160];
        var writer = new WireWriter(message);
        NamedGroup? wanted = hello.TryGetKeyShare(_group, out _) ? null : _group;
        HandshakeWriter.WriteHelloRetryRequest(ref writer, hello.SessionId, _suite, wanted, _cookie);
        _retry = message[..writer.Written].ToArray();
        _flow.SendHello(_retry, 0x0303);
        _flow.ChangeCipherSpecDue = !hello.SessionId.IsEmpty;
        _flow.SendDueChangeCipherSpec();
        if (hello.Extensions.Contains(ExtensionType.EarlyData))
            _flow.Opener.EarlyDataToSkip = _options.EarlyDataToSkip;
        _state = State.ExpectSecondHello;
        _transcript = RetriedTranscript();
        return TlsFault.None;
    }

    /// <summary>Everything but what a retry may change has to be as it was (section 4.1.2).</summary>
    private static bool IsSameHello(ClientHelloView first, ClientHelloView second)
    {
        if (!first.Random.SequenceEqual(second.Random) || !first.SessionId.SequenceEqual(second.SessionId)
            || !first.CipherSuites.SequenceEqual(second.CipherSuites))
            return false;
        foreach (var extension in first.Extensions)
        {
            if (MayChange(extension.Type))
                continue;
            if (!second.TryGetExtension(extension.Type, out var body) || !body.SequenceEqual(extension.Body))
                return false;
        }

        foreach (var extension in second.Extensions)
        {
            if (!MayChange(extension.Type) && !first.Extensions.Contains(extension.Type))
                return false;
        }

        return true;

        static bool MayChange(ushort type) =>
            type is ExtensionType.KeyShare or ExtensionType.Cookie or ExtensionType.EarlyData
                or ExtensionType.PreSharedKey or ExtensionType.Padding;
    }
}
