using System.Text;

namespace Karez.Lab.Probers;

/// <summary>The probes of the catalogue, each with the technique that it comes from.</summary>
public static class ProbeSets
{
    // T11: our lengths around the thresholds that the catalogue names (50, 256, 8192) and some others.
    private static readonly int[] s_randomLengths =
        [1, 2, 8, 16, 17, 32, 50, 51, 64, 256, 257, 517, 1500, 8192, 8193, 17_000];

    // T10: NR1 and NR2 (IMC 2020).
    private static readonly int[] s_shadowLengths =
        [7, 8, 9, 11, 12, 13, 15, 16, 17, 21, 22, 23, 32, 33, 34, 40, 41, 42, 48, 49, 50, 221];

    // T23: records that change nothing, around the limits of Go (16) and OpenSSL, BoringSSL, Apple (32).
    private static readonly int[] s_uselessCounts = [1, 15, 16, 17, 18, 31, 32, 33, 34];

    /// <summary>T11: what is no protocol of the server's, and how it closes.</summary>
    public static IEnumerable<Probe> Thresholds(string serverName, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (var length in s_randomLengths)
            yield return new Probe("t11", $"{length} random octets", Draw(random, length));
        yield return new Probe("t11", "17000 random octets, FIN", Draw(random, 17_000), Finish: true);
        yield return new Probe("t11", "nothing", default);
        yield return new Probe("t11", "FIN", default, Finish: true);
        yield return Text("GET", $"GET / HTTP/1.1\r\nHost: {serverName}\r\n\r\n");
        yield return Text("GET, no host", "GET / HTTP/1.1\r\n\r\n");
        yield return Text("half a request", "GET / HT");
        yield return Text("empty lines", "\r\n\r\n\r\n\r\n");
        yield return Text("CONNECT", "CONNECT 192.0.2.1:80 HTTP/1.1\r\n\r\n");
        yield return Text("SSH", "SSH-2.0-OpenSSH_9.2\r\n");
        yield return Hex("MODBUS", "000100000006010300000001");
        yield return Hex("S7", "0300001611e00000000100c1020100c2020102c0010a");
        yield return Hex("DNS transfer", "001d13370000000100000000000007657861" + "6d706c6500" + "00fc0001");
        yield return Hex("STUN", "000100002112a442000102030405060708090a0b");
        yield return Hex("SOCKS5", "050100");
        var hello = new HelloSpec { ServerName = serverName }.ToRecord(random);
        yield return new Probe("t11", "half a hello", hello.AsMemory(0, hello.Length / 2));
        yield return new Probe("t11", "half a hello, FIN", hello.AsMemory(0, hello.Length / 2), Finish: true);
        yield return new Probe("t11", "hello with a wrong record version", With(hello, (1, 9)));
        yield return new Probe("t11", "hello in an alert record", With(hello, (0, 21)));
        yield return new Probe("t11", "hello in an application record", With(hello, (0, 23)));
        yield return new Probe("t11", "record of 65535 octets announced", With(hello, (3, 255), (4, 255)));
        yield return new Probe("t11", "hello that announces more than there is", With(hello, (7, 255)));
        yield return new Probe("t11", "hello and random octets after it", hello, [Draw(random, 400)]);
    }

    /// <summary>T10: replays of a first flight, changed in the published places, and random lengths.</summary>
    public static IEnumerable<Probe> Replays(ReadOnlyMemory<byte> flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        yield return new Probe("t10", "R1: as it was", flight);
        yield return new Probe("t10", "R2: octet 0", Flip(flight, random, 0));
        yield return new Probe("t10", "R3: octets 0-7, 62, 63", Flip(flight, random, 0, 1, 2, 3, 4, 5, 6, 7, 62, 63));
        yield return new Probe("t10", "R4: octet 16", Flip(flight, random, 16));
        yield return new Probe("t10", "R5: octets 6 and 16", Flip(flight, random, 6, 16));
        foreach (var length in s_shadowLengths)
            yield return new Probe("t10", $"NR: {length} random octets", Draw(random, length));
    }

    /// <summary>T22: what comes after a whole handshake, for either protocol.</summary>
    public static IEnumerable<Probe> Tickets() =>
    [
        new Probe("t22", "handshake, h2", default, Handshake: "h2"),
        new Probe("t22", "handshake, http/1.1", default, Handshake: "http/1.1"),
    ];

    /// <summary>T23: a hello, and records that change nothing or are wrong.</summary>
    /// <param name="hello">A hello that was seen, or one of the prober's own.</param>
    /// <param name="whose">Which it is.</param>
    public static IEnumerable<Probe> Differential(ReadOnlyMemory<byte> hello, string whose)
    {
        Probe After(string name, params byte[] record) => new("t23", $"{whose}, {name}", hello, [record]);
        foreach (var count in s_uselessCounts)
        {
            byte[] change = [20, 3, 3, 0, 1, 1];
            byte[] many = [.. Enumerable.Repeat(change, count).SelectMany(one => one)];
            yield return new Probe("t23", $"{whose}, {count} x change_cipher_spec", hello, [many]);
        }

        yield return After("nothing after it");
        yield return After("empty application data", 23, 3, 3, 0, 0);
        yield return After("warning: close_notify", 21, 3, 3, 0, 2, 1, 0);
        yield return After("warning: user_canceled", 21, 3, 3, 0, 2, 1, 90);
        yield return After("warning: no_renegotiation", 21, 3, 3, 0, 2, 1, 100);
        yield return After("fatal: handshake_failure", 21, 3, 3, 0, 2, 2, 40);
        yield return After("fatal as warning: handshake_failure", 21, 3, 3, 0, 2, 1, 40);
        yield return After("application data that is no ciphertext", [23, 3, 3, 0, 40, .. new byte[40]]);
        yield return After("wrong record version", 23, 9, 9, 0, 1, 0);
        yield return After("unknown record type", 99, 3, 3, 0, 1, 0);
        yield return After("change_cipher_spec with 2", 20, 3, 3, 0, 1, 2);
        yield return After("a second hello", hello.ToArray());
    }

    /// <summary>The stack's choices: hellos that differ in one thing each.</summary>
    public static IEnumerable<Probe> Stack(string serverName, Random random)
    {
        var plain = new HelloSpec { ServerName = serverName };
        Probe Of(string name, HelloSpec spec) => new("stack", name, spec.ToRecord(random));
        yield return Of("plain", plain);
        yield return Of("TLS 1.2 only", plain with { Versions = [] });
        yield return Of("TLS 1.3 only", plain with { Versions = [0x0304], Suites = [0x1301, 0x1302, 0x1303] });
        yield return Of("no server name", plain with { ServerName = null });
        yield return Of("an address as server name", plain with { ServerName = "192.0.2.7" });
        yield return Of("another name", plain with { ServerName = "www.other.example" });
        yield return Of("unknown ALPN", plain with { Alpn = ["foo/1"] });
        yield return Of("no ALPN", plain with { Alpn = [] });
        yield return Of("no share", plain with { Share = false });
        yield return Of("only P-384", plain with { Groups = [0x0018], Share = false });
        yield return Of("ChaCha20 first", plain with { Suites = [0x1303, 0x1301, 0x1302] });
        yield return Of("only AES-256", plain with { Suites = [0x1302] });
        yield return Of("only unknown suites", plain with { Suites = [0x13F0] });
        yield return Of("no session id", plain with { SessionId = 0 });
        yield return Of("status_request", plain with { More = [(5, [1, 0, 0, 0, 0])] });
        yield return Of("compress_certificate", plain with { More = [(27, [2, 0, 2])] });
        yield return Of("early_data without a ticket", plain with { More = [(42, [])] });
        yield return Of("an unknown extension", plain with { More = [(0x7A7A, [0])] });
        yield return Of("padding to two segments", plain with { More = [(21, new byte[1500])] });
    }

    private static Probe Text(string name, string text) => new("t11", name, Encoding.ASCII.GetBytes(text));

    private static Probe Hex(string name, string text) => new("t11", name, Convert.FromHexString(text));

    private static byte[] Draw(Random random, int length)
    {
        var octets = new byte[length];
        random.NextBytes(octets);
        return octets;
    }

    private static byte[] With(byte[] octets, params (int At, byte Value)[] changes)
    {
        byte[] changed = [.. octets];
        foreach (var (at, value) in changes)
            changed[at] = value;
        return changed;
    }

    private static byte[] Flip(ReadOnlyMemory<byte> flight, Random random, params int[] places)
    {
        var changed = flight.ToArray();
        foreach (var place in places.Where(place => place < changed.Length))
            changed[place] ^= (byte)random.Next(1, 256);
        return changed;
    }
}
