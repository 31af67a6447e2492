namespace Karez.Probes.Hello;

/// <summary>What a hello shall look like. The defaults are a plain TLS 1.3 hello with an X25519 share.</summary>
public sealed record HelloSpec
{
    /// <summary>Version of the record header.</summary>
    public ushort RecordVersion { get; init; } = 0x0301;

    /// <summary>legacy_version of the message.</summary>
    public ushort LegacyVersion { get; init; } = 0x0303;

    /// <summary>supported_versions; empty leaves the extension out.</summary>
    public IReadOnlyList<ushort> Versions { get; init; } = [0x0304, 0x0303];

    /// <summary>Server name; null means the target's own; empty leaves the extension out.</summary>
    public string? ServerName { get; init; }

    /// <summary>ALPN entries; empty leaves the extension out.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = ["h2", "http/1.1"];

    /// <summary>Cipher suites.</summary>
    public IReadOnlyList<ushort> Suites { get; init; } =
    [
        0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x002F, 0x0035,
    ];

    /// <summary>supported_groups; empty leaves the extension out.</summary>
    public IReadOnlyList<ushort> Groups { get; init; } = [0x11EC, 0x001D, 0x0017, 0x0018];

    /// <summary>Groups that get a key share; null leaves the extension out.</summary>
    public IReadOnlyList<ushort>? Shares { get; init; } = [0x001D];

    /// <summary>Length of the session id.</summary>
    public int SessionId { get; init; } = 32;

    /// <summary>Compression methods.</summary>
    public byte[] Compression { get; init; } = [0];

    /// <summary>Octets of padding (extension 21); -1 leaves it out.</summary>
    public int Pad { get; init; } = -1;

    /// <summary>Octets of an extension that nobody knows; -1 leaves it out.</summary>
    public int Unknown { get; init; } = -1;

    /// <summary>pre_shared_key that nobody issued, with an identity of this length; -1 leaves it out.</summary>
    public int Psk { get; init; } = -1;

    /// <summary>Adds early_data.</summary>
    public bool EarlyData { get; init; }

    /// <summary>Adds encrypt_then_mac, extended_master_secret, session_ticket, status_request, SCT.</summary>
    public bool Usual { get; init; } = true;

    /// <summary>No extension block at all.</summary>
    public bool Bare { get; init; }

    /// <summary>The same extension (ALPN) twice.</summary>
    public bool Twice { get; init; }

    /// <summary>Handshake length is this much more than there is.</summary>
    public int Overstate { get; init; }

    /// <summary>Distinguishes hellos that are otherwise alike.</summary>
    public string Seed { get; init; } = "";

    /// <summary>Reads the options of a <c>send hello</c> line.</summary>
    public static HelloSpec Parse(IReadOnlyDictionary<string, string> options)
    {
        var spec = new HelloSpec { Seed = options.GetValueOrDefault("seed", "") };
        foreach (var (key, value) in options)
        {
            spec = key switch
            {
                "version" => spec.WithVersion(value),
                "record" => spec with { RecordVersion = U16(value) },
                "legacy" => spec with { LegacyVersion = U16(value) },
                "versions" => spec with { Versions = List(value) },
                "name" => spec with { ServerName = value == "-" ? "" : value },
                "alpn" => spec with { Alpn = value == "-" ? [] : value.Split(',') },
                "suites" => spec with { Suites = List(value) },
                "groups" => spec with { Groups = List(value) },
                "shares" => spec with { Shares = value == "-" ? null : List(value) },
                "session" => spec with { SessionId = int.Parse(value) },
                "compression" => spec with { Compression = Convert.FromHexString(value) },
                "pad" => spec with { Pad = int.Parse(value) },
                "unknown" => spec with { Unknown = int.Parse(value) },
                "psk" => spec with { Psk = int.Parse(value) },
                "early" => spec with { EarlyData = value == "yes" },
                "usual" => spec with { Usual = value == "yes" },
                "bare" => spec with { Bare = value == "yes" },
                "twice" => spec with { Twice = value == "yes" },
                "overstate" => spec with { Overstate = int.Parse(value) },
                "seed" or "records" or "upto" or "from" => spec,
                _ => throw new FormatException($"'{key}' is no option of a hello"),
            };
        }

        return spec;
    }

    private HelloSpec WithVersion(string version) => version switch
    {
        "1.3" => this,
        "1.3only" => this with { Versions = [0x0304], Suites = [0x1301, 0x1302, 0x1303] },
        "1.2" => this with { Versions = [], Shares = null, Suites = [.. Suites.Skip(3)] },
        "1.1" => this with { Versions = [], Shares = null, LegacyVersion = 0x0302, Suites = OldSuites },
        "1.0" => this with { Versions = [], Shares = null, LegacyVersion = 0x0301, Suites = OldSuites },
        "3.0" => this with
        {
            Versions = [],
            Shares = null,
            LegacyVersion = 0x0300,
            RecordVersion = 0x0300,
            Bare = true,
            Suites = [0x0004, 0x000A, 0x002F],
        },
        _ => throw new FormatException($"version {version}"),
    };

    private static ushort U16(string hex) => Convert.ToUInt16(hex, 16);

    private static List<ushort> List(string text) =>
        text == "-" ? [] : [.. text.Split(',').Select(t => Named.TryGetValue(t, out var id) ? id : U16(t))];

    private static readonly ushort[] OldSuites = [0xC013, 0xC014, 0x002F, 0x0035];

    private static readonly Dictionary<string, ushort> Named = new(StringComparer.Ordinal)
    {
        ["x25519"] = 0x001D,
        ["p256"] = 0x0017,
        ["p384"] = 0x0018,
        ["p521"] = 0x0019,
        ["hybrid"] = 0x11EC,
        ["ffdhe2048"] = 0x0100,
        ["grease"] = 0x4A4A,
    };
}
