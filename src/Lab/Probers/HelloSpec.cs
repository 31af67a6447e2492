using System.Text;

namespace Karez.Lab.Probers;

/// <summary>A ClientHello of a prober's (RFC 8446 section 4.1.2); each part can be left out or replaced.</summary>
public sealed record HelloSpec
{
    private static readonly byte[] s_signatures =
        [0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1];

    /// <summary>server_name; null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>Names of application protocols; empty for no extension.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = ["h2", "http/1.1"];

    /// <summary>Cipher suites.</summary>
    public IReadOnlyList<ushort> Suites { get; init; } =
        [0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0x009C];

    /// <summary>supported_versions; empty for no extension, which means TLS 1.2.</summary>
    public IReadOnlyList<ushort> Versions { get; init; } = [0x0304, 0x0303];

    /// <summary>supported_groups.</summary>
    public IReadOnlyList<ushort> Groups { get; init; } = [0x001D, 0x0017, 0x0018];

    /// <summary>Whether there is an X25519 share; without one a server has to ask for it.</summary>
    public bool Share { get; init; } = true;

    /// <summary>Octets of legacy_session_id.</summary>
    public int SessionId { get; init; } = 32;

    /// <summary>Further extensions, already written.</summary>
    public IReadOnlyList<(ushort Type, byte[] Body)> More { get; init; } = [];

    /// <summary>The record with the hello.</summary>
    public byte[] ToRecord(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var body = new List<byte> { 3, 3 };
        Add(body, Draw(random, 32));
        body.Add((byte)SessionId);
        Add(body, Draw(random, SessionId));
        AddVector(body, Words(Suites));
        Add(body, [1, 0]);
        AddVector(body, Extensions(random));
        byte[] message = [1, 0, (byte)(body.Count >> 8), (byte)body.Count, .. body];
        return [22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    private List<byte> Extensions(Random random)
    {
        var list = new List<byte>();
        if (ServerName is { } name)
        {
            byte[] entry = [0, .. Vector(Encoding.ASCII.GetBytes(name))]; // host_name
            AddExtension(list, 0, Vector(entry));
        }

        AddExtension(list, 23, []); // extended_master_secret
        AddExtension(list, 0xFF01, [0]); // renegotiation_info
        AddExtension(list, 10, Vector(Words(Groups)));
        AddExtension(list, 11, [1, 0]); // ec_point_formats
        AddExtension(list, 35, []); // session_ticket
        if (Alpn.Count > 0)
        {
            var names = Alpn.SelectMany(one => (byte[])[(byte)one.Length, .. Encoding.ASCII.GetBytes(one)]).ToList();
            AddExtension(list, 16, Vector(names));
        }

        AddExtension(list, 13, s_signatures);
        if (Versions.Count > 0)
        {
            var versions = Words(Versions);
            AddExtension(list, 43, [(byte)versions.Count, .. versions]);
            AddExtension(list, 45, [1, 1]); // psk_key_exchange_modes
            AddExtension(list, 51, Share ? Vector([0, 0x1D, 0, 32, .. Draw(random, 32)]) : [0, 0]);
        }

        foreach (var (type, octets) in More)
            AddExtension(list, type, octets);
        return list;
    }

    private static byte[] Draw(Random random, int length)
    {
        var octets = new byte[length];
        random.NextBytes(octets);
        return octets;
    }

    private static List<byte> Words(IReadOnlyList<ushort> words) =>
        [.. words.SelectMany(word => (byte[])[(byte)(word >> 8), (byte)word])];

    private static byte[] Vector(IReadOnlyCollection<byte> octets) =>
        [(byte)(octets.Count >> 8), (byte)octets.Count, .. octets];

    private static void AddVector(List<byte> to, IReadOnlyCollection<byte> octets) => to.AddRange(Vector(octets));

    private static void Add(List<byte> to, byte[] octets) => to.AddRange(octets);

    private static void AddExtension(List<byte> to, ushort type, byte[] body)
    {
        to.AddRange([(byte)(type >> 8), (byte)type]);
        AddVector(to, body);
    }
}
