using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>A ClientHello, looked at where it lies (RFC 8446 section 4.1.2).</summary>
/// <remarks>
/// <code>
///  0    1        4         6        38    39        39+n
/// +----+--------+---------+--------+-----+---------+--------------+-------------+----------------+
/// | 01 | length | version | random | n   | session | u16 suites   | u8 compress | u16 extensions |
/// +----+--------+---------+--------+-----+---------+--------------+-------------+----------------+
/// </code>
/// Parsing says nothing about acceptance: a TLS 1.2 hello parses too, also one without extensions.
/// </remarks>
public readonly ref struct ClientHelloView
{
    /// <summary>Where the session id begins in the message.</summary>
    public const int SessionIdOffset = 39;

    private const int RandomOffset = 6;

    private ClientHelloView(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> sessionId, ReadOnlySpan<byte> suites,
        ReadOnlySpan<byte> compressionMethods, Extensions extensions)
    {
        Message = message;
        SessionId = sessionId;
        CipherSuites = suites;
        CompressionMethods = compressionMethods;
        Extensions = extensions;
    }

    /// <summary>The whole message, header included.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>legacy_version.</summary>
    public ushort LegacyVersion => BinaryPrimitives.ReadUInt16BigEndian(Message[4..]);

    /// <summary>The 32 octets of random.</summary>
    public ReadOnlySpan<byte> Random => Message.Slice(RandomOffset, 32);

    /// <summary>legacy_session_id, 0 to 32 octets.</summary>
    public ReadOnlySpan<byte> SessionId { get; }

    /// <summary>The suites, two octets each.</summary>
    public ReadOnlySpan<byte> CipherSuites { get; }

    /// <summary>legacy_compression_methods.</summary>
    public ReadOnlySpan<byte> CompressionMethods { get; }

    /// <summary>The extensions.</summary>
    public Extensions Extensions { get; }

    /// <summary>server_name's host_name as it came; empty when there is none.</summary>
    public ReadOnlySpan<byte> ServerName
    {
        get
        {
            // A list, but RFC 6066 section 3 allows one name of each type and knows one type, 0.
            if (!TryGetExtension(ExtensionType.ServerName, out var body))
                return default;
            var outer = new WireReader(body);
            if (!outer.TryReadVector16(out var list))
                return default;
            var reader = new WireReader(list);
            while (reader.TryReadUInt8(out var type) && reader.TryReadVector16(out var name))
            {
                if (type == 0)
                    return name;
            }

            return default;
        }
    }

    /// <summary>The ALPN names; empty when there are none.</summary>
    public AlpnNames Alpn => new(ListOf16(ExtensionType.Alpn));

    /// <summary>The key shares; empty when there are none.</summary>
    public KeyShareEntries KeyShares => new(ListOf16(ExtensionType.KeyShare));

    /// <summary>supported_versions, two octets each; empty when there are none.</summary>
    public ReadOnlySpan<byte> SupportedVersions => ListOf8(ExtensionType.SupportedVersions);

    /// <summary>supported_groups, two octets each; empty when there are none.</summary>
    public ReadOnlySpan<byte> SupportedGroups => ListOf16(ExtensionType.SupportedGroups);

    /// <summary>signature_algorithms, two octets each; empty when there are none.</summary>
    public ReadOnlySpan<byte> SignatureAlgorithms => ListOf16(ExtensionType.SignatureAlgorithms);

    /// <summary>psk_key_exchange_modes, one octet each; empty when there are none.</summary>
    public ReadOnlySpan<byte> PskModes => ListOf8(ExtensionType.PskKeyExchangeModes);

    /// <summary>Reads a whole ClientHello message.</summary>
    /// <param name="message">The message, its four-octet header included and nothing after it.</param>
    /// <param name="view">The view.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out ClientHelloView view) =>
        TryParse(message, out view, out _);

    /// <summary>Reads a whole ClientHello message and says what is wrong with it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out ClientHelloView view, out TlsFault fault)
    {
        view = default;
        fault = TlsFault.MalformedMessage;
        var reader = new WireReader(message);
        if (!reader.TryReadUInt8(out var type) || type != (byte)HandshakeType.ClientHello)
            return false;
        if (!reader.TryReadUInt24(out var length) || length != reader.Remaining)
            return false;
        if (!reader.TryReadUInt16(out _) || !reader.TryReadBytes(32, out _)
            || !reader.TryReadVector8(out var sessionId) || sessionId.Length > 32
            || !reader.TryReadVector16(out var suites) || suites.IsEmpty || suites.Length % 2 != 0
            || !reader.TryReadVector8(out var compression) || compression.IsEmpty)
            return false;
        ReadOnlySpan<byte> block = default;
        if (reader.Remaining > 0 && (!reader.TryReadVector16(out block) || reader.Remaining > 0))
            return false;
        if (!Extensions.TryParse(block, out var extensions, out var duplicate))
        {
            fault = duplicate ? TlsFault.DuplicateExtension : TlsFault.MalformedMessage;
            return false;
        }

        view = new ClientHelloView(message, sessionId, suites, compression, extensions);
        fault = TlsFault.None;
        return true;
    }

    /// <summary>Finds an extension's body.</summary>
    public bool TryGetExtension(ushort type, out ReadOnlySpan<byte> body) => Extensions.TryGet(type, out body);

    /// <summary>Finds the first key share of a group.</summary>
    public bool TryGetKeyShare(NamedGroup group, out ReadOnlySpan<byte> share) => KeyShares.TryGet(group, out share);

    /// <summary>Whether supported_versions names the version (0x0304 is TLS 1.3).</summary>
    public bool OffersVersion(ushort version) => Contains16(SupportedVersions, version);

    /// <summary>Whether the suite is offered.</summary>
    public bool OffersSuite(CipherSuite suite) => Contains16(CipherSuites, (ushort)suite);

    /// <summary>Whether supported_groups names the group.</summary>
    public bool OffersGroup(NamedGroup group) => Contains16(SupportedGroups, (ushort)group);

    /// <summary>Whether signature_algorithms names the scheme.</summary>
    public bool OffersScheme(SignatureScheme scheme) => Contains16(SignatureAlgorithms, (ushort)scheme);

    /// <summary>Whether a list of u16 holds a value.</summary>
    internal static bool Contains16(ReadOnlySpan<byte> list, ushort value)
    {
        for (var i = 0; i + 2 <= list.Length; i += 2)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(list[i..]) == value)
                return true;
        }

        return false;
    }

    private ReadOnlySpan<byte> ListOf16(ushort extension)
    {
        if (!TryGetExtension(extension, out var body))
            return default;
        var reader = new WireReader(body);
        return reader.TryReadVector16(out var list) && reader.Remaining == 0 ? list : default;
    }

    private ReadOnlySpan<byte> ListOf8(ushort extension)
    {
        if (!TryGetExtension(extension, out var body))
            return default;
        var reader = new WireReader(body);
        return reader.TryReadVector8(out var list) && reader.Remaining == 0 ? list : default;
    }
}
