using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>A ServerHello or HelloRetryRequest, looked at where it lies (RFC 8446 sections 4.1.3 and 4.1.4).</summary>
/// <remarks>
/// <code>
///  0    1        4         6        38  39        39+n    41+n
/// +----+--------+---------+--------+---+---------+-------+----------+----------------+
/// | 02 | length | version | random | n | session | suite | compress | u16 extensions |
/// +----+--------+---------+--------+---+---------+-------+----------+----------------+
/// </code>
/// </remarks>
public readonly ref struct ServerHelloView
{
    private const int RandomOffset = 6;

    private ServerHelloView(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> sessionId, ushort suite, byte compression,
        Extensions extensions, int extensionsOffset)
    {
        Message = message;
        SessionId = sessionId;
        CipherSuite = (CipherSuite)suite;
        CompressionMethod = compression;
        Extensions = extensions;
        foreach (var extension in extensions)
        {
            if (extension.Type == ExtensionType.SupportedVersions && extension.Body.Length == 2)
                SelectedVersion = BinaryPrimitives.ReadUInt16BigEndian(extension.Body);
            if (extension.Type != ExtensionType.KeyShare || extension.Body.Length < 2)
                continue;

            // A full share in ServerHello, the group alone in HelloRetryRequest.
            var reader = new WireReader(extension.Body[2..]);
            KeyShareGroup = (NamedGroup)BinaryPrimitives.ReadUInt16BigEndian(extension.Body);
            if (reader.TryReadVector16(out var share) && reader.Remaining == 0)
            {
                KeyShare = share;
                KeyShareOffset = extensionsOffset + extension.BodyOffset + 4;
            }
        }
    }

    /// <summary>The random that marks HelloRetryRequest: SHA-256 of "HelloRetryRequest".</summary>
    public static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    /// <summary>The whole message, header included.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>legacy_version.</summary>
    public ushort LegacyVersion => BinaryPrimitives.ReadUInt16BigEndian(Message[4..]);

    /// <summary>The 32 octets of random.</summary>
    public ReadOnlySpan<byte> Random => Message.Slice(RandomOffset, 32);

    /// <summary>legacy_session_id_echo.</summary>
    public ReadOnlySpan<byte> SessionId { get; }

    /// <summary>The suite chosen; can be one we do not know.</summary>
    public CipherSuite CipherSuite { get; }

    /// <summary>legacy_compression_method; 0 is the only legal one.</summary>
    public byte CompressionMethod { get; }

    /// <summary>The extensions.</summary>
    public Extensions Extensions { get; }

    /// <summary>Whether this is a HelloRetryRequest.</summary>
    public bool IsHelloRetryRequest => Random.SequenceEqual(RetryRandom);

    /// <summary>The version in supported_versions; 0 when it is absent (TLS 1.2 or older).</summary>
    public ushort SelectedVersion { get; }

    /// <summary>key_share's group; 0 when it is absent.</summary>
    public NamedGroup KeyShareGroup { get; }

    /// <summary>key_share's public value; empty when absent, or in HelloRetryRequest.</summary>
    public ReadOnlySpan<byte> KeyShare { get; }

    /// <summary>Where <see cref="KeyShare"/> begins in the message; 0 when it is absent.</summary>
    public int KeyShareOffset { get; }

    /// <summary>Reads a whole ServerHello message.</summary>
    /// <param name="message">The message, its four-octet header included and nothing after it.</param>
    /// <param name="view">The view.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out ServerHelloView view) =>
        TryParse(message, out view, out _);

    /// <summary>Reads a whole ServerHello message and says what is wrong with it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out ServerHelloView view, out TlsFault fault)
    {
        view = default;
        fault = TlsFault.MalformedMessage;
        var reader = new WireReader(message);
        if (!reader.TryReadUInt8(out var type) || type != (byte)HandshakeType.ServerHello)
            return false;
        if (!reader.TryReadUInt24(out var length) || length != reader.Remaining)
            return false;
        if (!reader.TryReadUInt16(out _) || !reader.TryReadBytes(32, out _)
            || !reader.TryReadVector8(out var sessionId) || sessionId.Length > 32
            || !reader.TryReadUInt16(out var suite) || !reader.TryReadUInt8(out var compression))
            return false;
        ReadOnlySpan<byte> block = default;
        if (reader.Remaining > 0 && (!reader.TryReadVector16(out block) || reader.Remaining > 0))
            return false;
        if (!Extensions.TryParse(block, out var extensions, out var duplicate))
        {
            fault = duplicate ? TlsFault.DuplicateExtension : TlsFault.MalformedMessage;
            return false;
        }

        view = new ServerHelloView(message, sessionId, suite, compression, extensions, message.Length - block.Length);
        fault = TlsFault.None;
        return true;
    }

    /// <summary>Finds an extension's body.</summary>
    public bool TryGetExtension(ushort type, out ReadOnlySpan<byte> body) => Extensions.TryGet(type, out body);
}
