using Karez.Wire;

namespace Karez.Observe;

/// <summary>What a ServerHello says in clear (RFC 8446 section 4.1.3).</summary>
public sealed class ServerHelloFields
{
    private const byte ServerHelloType = 2;
    private const int MaxExtensions = 256;

    // RFC 8446 section 4.1.3: the random value that makes it a HelloRetryRequest.
    private static readonly byte[] s_retry =
        Convert.FromHexString("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C");

    private ServerHelloFields()
    {
    }

    /// <summary>The version that was chosen: supported_versions, else legacy_version.</summary>
    public ushort Version { get; private set; }

    /// <summary>The cipher suite that was chosen.</summary>
    public ushort CipherSuite { get; private set; }

    /// <summary>The group of the key share; null when there is none (a resumption without one, TLS 1.2).</summary>
    public ushort? Group { get; private set; }

    /// <summary>Whether it asks for another hello.</summary>
    public bool IsRetry { get; private set; }

    /// <summary>Whether it accepts a pre-shared key.</summary>
    public bool Resumes { get; private set; }

    /// <summary>The types of its extensions in the order sent.</summary>
    public IReadOnlyList<ushort> Extensions { get; private set; } = [];

    /// <summary>Reads a ServerHello message.</summary>
    /// <param name="message">The message from its 4-octet handshake header on.</param>
    /// <param name="fields">What it says.</param>
    /// <returns>False when it is incomplete or none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out ServerHelloFields? fields)
    {
        fields = null;
        var reader = new WireReader(message);
        if (!reader.TryReadUInt8(out var type) || type != ServerHelloType
            || !reader.TryReadUInt24(out var length) || !reader.TryReadBytes(length, out var body))
            return false;
        reader = new WireReader(body);
        if (!reader.TryReadUInt16(out var version) || !reader.TryReadBytes(32, out var random)
            || !reader.TryReadVector8(out _) || !reader.TryReadUInt16(out var suite) || !reader.TryReadUInt8(out _))
            return false;
        var read = new ServerHelloFields
        {
            Version = version,
            CipherSuite = suite,
            IsRetry = random.SequenceEqual(s_retry),
        };
        if (reader.Remaining > 0 && (!reader.TryReadVector16(out var extensions) || !read.ReadExtensions(extensions)))
            return false;
        fields = read;
        return true;
    }

    private bool ReadExtensions(ReadOnlySpan<byte> octets)
    {
        var types = new List<ushort>();
        var reader = new WireReader(octets);
        while (reader.Remaining > 0)
        {
            if (types.Count == MaxExtensions || !reader.TryReadUInt16(out var type)
                || !reader.TryReadVector16(out var body))
                return false;
            types.Add(type);
            var inner = new WireReader(body);
            if (type == 41)
                Resumes = true;
            else if (inner.TryReadUInt16(out var value))
            {
                if (type == 43)
                    Version = value;
                else if (type == 51)
                    Group = value;
            }
        }

        Extensions = types;
        return true;
    }
}
