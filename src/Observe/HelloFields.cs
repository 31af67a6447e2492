using System.Text;
using Karez.Wire;

namespace Karez.Observe;

/// <summary>Everything that a ClientHello says in clear (RFC 8446 section 4.1.2).</summary>
public sealed class HelloFields
{
    private const int MaxMessage = 1 << 16;
    private const int MaxExtensions = 256;
    private const byte ClientHelloType = 1;
    private const byte HandshakeRecord = 22;

    private HelloFields(ReadOnlyMemory<byte> message) => Message = message;

    /// <summary>The whole message, its 4-octet header included.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>legacy_version.</summary>
    public ushort LegacyVersion { get; private set; }

    /// <summary>The 32 octets of random.</summary>
    public ReadOnlyMemory<byte> Random => Message.Slice(6, 32);

    /// <summary>legacy_session_id, 0 to 32 octets.</summary>
    public ReadOnlyMemory<byte> SessionId { get; private set; }

    /// <summary>Cipher suites in the order sent, GREASE included.</summary>
    public IReadOnlyList<ushort> CipherSuites { get; private set; } = [];

    /// <summary>legacy_compression_methods.</summary>
    public ReadOnlyMemory<byte> CompressionMethods { get; private set; }

    /// <summary>Extensions in the order sent, GREASE included.</summary>
    public IReadOnlyList<HelloExtension> Extensions { get; private set; } = [];

    /// <summary>The first host name of server_name; null when there is none.</summary>
    public string? ServerName { get; private set; }

    /// <summary>Protocol names of ALPN in the order sent, octets as Latin-1.</summary>
    public IReadOnlyList<string> Alpn { get; private set; } = [];

    /// <summary>supported_versions in the order sent, GREASE included.</summary>
    public IReadOnlyList<ushort> SupportedVersions { get; private set; } = [];

    /// <summary>supported_groups in the order sent, GREASE included.</summary>
    public IReadOnlyList<ushort> Groups { get; private set; } = [];

    /// <summary>signature_algorithms in the order sent, GREASE included.</summary>
    public IReadOnlyList<ushort> SignatureAlgorithms { get; private set; } = [];

    /// <summary>Key shares in the order sent, GREASE included.</summary>
    public IReadOnlyList<OfferedShare> KeyShares { get; private set; } = [];

    /// <summary>Looks an extension up; the first one when a hello repeats it.</summary>
    public bool TryGetExtension(ushort type, out ReadOnlyMemory<byte> body)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Type != type)
                continue;
            body = extension.Body;
            return true;
        }

        body = default;
        return false;
    }

    /// <summary>Reads a ClientHello message.</summary>
    /// <param name="message">The message from its 4-octet handshake header on; octets after it are ignored.</param>
    /// <param name="fields">What it says.</param>
    /// <returns>False when the message is incomplete or no ClientHello.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out HelloFields? fields)
    {
        fields = null;
        var reader = new WireReader(message);
        if (!reader.TryReadUInt8(out var type) || type != ClientHelloType
            || !reader.TryReadUInt24(out var length) || length > MaxMessage
            || !reader.TryReadBytes(length, out _))
            return false;
        var parsed = new HelloFields(message[..(4 + length)].ToArray());
        if (!parsed.ReadBody())
            return false;
        fields = parsed;
        return true;
    }

    /// <summary>Reads the ClientHello at the start of a client's TCP stream.</summary>
    /// <param name="stream">The stream from its first octet; the message may lie across records.</param>
    /// <param name="fields">What it says.</param>
    /// <returns>False when it is not all there yet, or is no ClientHello.</returns>
    public static bool TryParseStream(ReadOnlySpan<byte> stream, out HelloFields? fields)
    {
        fields = null;
        var joined = new List<byte>();
        var reader = new WireReader(stream);
        while (joined.Count <= MaxMessage
            && reader.TryReadUInt8(out var type) && type == HandshakeRecord
            && reader.TryReadUInt16(out _) && reader.TryReadVector16(out var body))
        {
            joined.AddRange(body);
            var message = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(joined);
            if (message.Length >= 4 && message.Length >= 4 + ((message[1] << 16) | (message[2] << 8) | message[3]))
                return TryParse(message, out fields);
        }

        return false;
    }

    private bool ReadBody()
    {
        var reader = new WireReader(Message.Span[4..]);
        if (!reader.TryReadUInt16(out var version) || !reader.TryReadBytes(32, out _)
            || !reader.TryReadVector8(out var sessionId) || sessionId.Length > 32
            || !reader.TryReadVector16(out var suites) || !TryReadWords(suites, out var cipherSuites)
            || !reader.TryReadVector8(out var compression))
            return false;
        LegacyVersion = version;
        SessionId = sessionId.ToArray();
        CipherSuites = cipherSuites;
        CompressionMethods = compression.ToArray();
        if (reader.Remaining == 0)
            return true;
        return reader.TryReadVector16(out var extensions) && reader.Remaining == 0 && ReadExtensions(extensions);
    }

    private bool ReadExtensions(ReadOnlySpan<byte> octets)
    {
        var list = new List<HelloExtension>();
        var reader = new WireReader(octets);
        while (reader.Remaining > 0)
        {
            if (list.Count == MaxExtensions || !reader.TryReadUInt16(out var type)
                || !reader.TryReadVector16(out var body))
                return false;
            list.Add(new HelloExtension(type, body.ToArray()));
        }

        Extensions = list;
        foreach (var extension in list)
            ReadKnown(extension.Type, extension.Body.Span);
        return true;
    }

    private void ReadKnown(ushort type, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        ReadOnlySpan<byte> vector;
        switch (type)
        {
            case 0 when reader.TryReadVector16(out vector):
                ServerName ??= FirstHostName(vector);
                break;
            case 10 when reader.TryReadVector16(out vector) && TryReadWords(vector, out var groups):
                Groups = groups;
                break;
            case 13 when reader.TryReadVector16(out vector) && TryReadWords(vector, out var algorithms):
                SignatureAlgorithms = algorithms;
                break;
            case 16 when reader.TryReadVector16(out vector):
                Alpn = Names(vector);
                break;
            case 43 when reader.TryReadVector8(out vector) && TryReadWords(vector, out var versions):
                SupportedVersions = versions;
                break;
            case 51 when reader.TryReadVector16(out vector):
                KeyShares = Shares(vector);
                break;
        }
    }

    private static string? FirstHostName(ReadOnlySpan<byte> list)
    {
        var reader = new WireReader(list);
        return reader.TryReadUInt8(out var type) && type == 0 && reader.TryReadVector16(out var name)
            ? Encoding.Latin1.GetString(name)
            : null;
    }

    private static List<string> Names(ReadOnlySpan<byte> list)
    {
        var names = new List<string>();
        var reader = new WireReader(list);
        while (reader.TryReadVector8(out var name))
            names.Add(Encoding.Latin1.GetString(name));
        return names;
    }

    private static List<OfferedShare> Shares(ReadOnlySpan<byte> list)
    {
        var shares = new List<OfferedShare>();
        var reader = new WireReader(list);
        while (reader.TryReadUInt16(out var group) && reader.TryReadVector16(out var key))
            shares.Add(new OfferedShare(group, key.ToArray()));
        return shares;
    }

    private static bool TryReadWords(ReadOnlySpan<byte> octets, out ushort[] words)
    {
        words = new ushort[octets.Length / 2];
        var reader = new WireReader(octets);
        for (var i = 0; i < words.Length; i++)
            reader.TryReadUInt16(out words[i]);
        return octets.Length % 2 == 0;
    }
}
