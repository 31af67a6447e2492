using System.Security.Cryptography;
using System.Text;

namespace Karez.Probes.Hello;

/// <summary>
/// Builds hellos from a description, RFC 8446 section 4.1.2 and RFC 5246 section 7.4.1.2. It shares nothing with the
/// engine, so that a mistake there cannot hide here; it can also build what no client should send.
/// </summary>
public static class HelloBuilder
{
    /// <summary>One handshake record (split by length when the hello is longer than 2^14 octets).</summary>
    public static byte[] Build(HelloSpec spec)
    {
        var message = Message(spec);
        List<byte> records = [];
        for (var at = 0; at < message.Length; at += MaxFragment)
        {
            var body = message[at..Math.Min(message.Length, at + MaxFragment)];
            records.Add(22);
            AddU16(records, spec.RecordVersion);
            AddVector16(records, body);
        }

        return [.. records];
    }

    private static byte[] Message(HelloSpec spec)
    {
        var draws = new Draws($"hello/{spec.Seed}/{spec.LegacyVersion}");
        List<byte> body = [];
        AddU16(body, spec.LegacyVersion);
        body.AddRange(draws.Take(32));
        AddVector8(body, draws.Take(spec.SessionId));
        AddVector16(body, [.. spec.Suites.SelectMany(U16)]);
        AddVector8(body, spec.Compression);
        if (!spec.Bare)
            AddVector16(body, Extensions(spec, draws));
        var length = body.Count + spec.Overstate;
        return [1, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. body];
    }

    private static byte[] Extensions(HelloSpec spec, Draws draws)
    {
        List<byte> all = [];
        if (spec.ServerName is { Length: > 0 } name)
        {
            byte[] host = Encoding.ASCII.GetBytes(name);
            Add(all, 0, Vector16([0, .. Vector16(host)]));
        }

        if (spec.Usual)
        {
            Add(all, 23, []);
            Add(all, 0xFF01, [0]);
            Add(all, 35, []);
            Add(all, 5, [1, 0, 0, 0, 0]);
            Add(all, 18, []);
        }

        if (spec.Groups.Count > 0)
        {
            Add(all, 10, Vector16([.. spec.Groups.SelectMany(U16)]));
            Add(all, 11, [1, 0]);
        }

        Add(all, 13, Vector16([.. SignatureSchemes.SelectMany(U16)]));
        for (var i = 0; spec.Alpn.Count > 0 && i < (spec.Twice ? 2 : 1); i++)
            Add(all, 16, Vector16([.. spec.Alpn.SelectMany(a => Vector8(Encoding.ASCII.GetBytes(a)))]));
        if (spec.Versions.Count > 0)
            Add(all, 43, Vector8([.. spec.Versions.SelectMany(U16)]));
        if (spec.Shares is not null)
            Add(all, 51, Vector16([.. spec.Shares.SelectMany(g => (byte[])[.. U16(g), .. Vector16(Share(g, draws))])]));
        if (spec.Unknown >= 0)
            Add(all, 0xFADE, draws.Take(spec.Unknown));
        if (spec.Pad >= 0)
            Add(all, 21, new byte[spec.Pad]);
        if (spec.EarlyData)
            Add(all, 42, []);
        if (spec.Psk >= 0)
        {
            // pre_shared_key stands last; the binder is as wrong as the identity
            Add(all, 45, [1, 1]);
            byte[] identity = [.. Vector16(draws.Take(spec.Psk)), .. draws.Take(4)];
            Add(all, 41, [.. Vector16(identity), .. Vector16(Vector8(draws.Take(32)))]);
        }

        return [.. all];
    }

    private static byte[] Share(ushort group, Draws draws) => group switch
    {
        0x001D => draws.Take(32),
        0x0017 => Point(ECCurve.NamedCurves.nistP256),
        0x0018 => Point(ECCurve.NamedCurves.nistP384),
        0x0019 => Point(ECCurve.NamedCurves.nistP521),
        0x11EC => [.. EncapsulationKey(draws), .. draws.Take(32)],
        0x0100 => draws.Take(256),
        _ => [0],
    };

    private static byte[] Point(ECCurve curve)
    {
        using var key = ECDiffieHellman.Create(curve);
        var q = key.ExportParameters(false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    /// <summary>1,184 octets that decode: 768 coefficients below q = 3329, then rho (FIPS 203 section 7.2).</summary>
    private static byte[] EncapsulationKey(Draws draws)
    {
        var key = new byte[1184];
        for (var i = 0; i < 384; i++)
        {
            var d = draws.Take(4);
            int a = ((d[0] << 8) | d[1]) % 3329, b = ((d[2] << 8) | d[3]) % 3329;
            key[3 * i] = (byte)a;
            key[3 * i + 1] = (byte)((a >> 8) | (b << 4));
            key[3 * i + 2] = (byte)(b >> 4);
        }

        draws.Take(32).CopyTo(key, 1152);
        return key;
    }

    private static void Add(List<byte> all, int type, byte[] body)
    {
        AddU16(all, type);
        AddVector16(all, body);
    }

    private static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];

    private static void AddU16(List<byte> all, int value) => all.AddRange([(byte)(value >> 8), (byte)value]);

    private static byte[] Vector8(byte[] body) => [(byte)body.Length, .. body];

    private static byte[] Vector16(byte[] body) => [(byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static void AddVector8(List<byte> all, byte[] body) => all.AddRange(Vector8(body));

    private static void AddVector16(List<byte> all, byte[] body) => all.AddRange(Vector16(body));

    private const int MaxFragment = 1 << 14;

    private static readonly ushort[] SignatureSchemes =
        [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0203, 0x0201];
}
