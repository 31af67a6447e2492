using System.Security.Cryptography;
using System.Text;
using Karez.Observe.Datagrams;

namespace Karez.Observe.Tests.Datagrams;

/// <summary>RFC 9001 appendix A.2, and what a client may do otherwise.</summary>
public class QuicInitialTests
{
    private static readonly byte[] s_connection = Convert.FromHexString("8394c8f03e515708");

    internal static readonly byte[] Hello = Convert.FromHexString(
        "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301"
        + "1302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d001700180010"
        + "0007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de1"
        + "71fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305030603020308040805080600"
        + "2d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
        + "75300901100f088394c8f03e51570806048000ffff");

    [Fact]
    public void The_sealing_of_these_tests_makes_the_rfcs_packet() => Assert.StartsWith(
        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c"
        + "0bab7df5976d27cd449f63300099f3991c260ec4c60d17b31f8429157bb35a1282a643a8d2262cad67500cadb8e7378c",
        Convert.ToHexStringLower(Seal(Crypto(0, Hello))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(QuicInitial.Version1, 4)]
    [InlineData(QuicInitial.Version1, 1)]
    [InlineData(QuicInitial.Version2, 2)]
    public void Opens_an_initial_and_reads_its_hello(uint version, int numberLength)
    {
        var initial = QuicInitial.Read(Seal(Crypto(0, Hello), version, numberLength))!;
        Assert.True(initial.Opened);
        Assert.Equal(version, initial.Version);
        Assert.Equal(s_connection, initial.Destination.ToArray());
        Assert.Equal("example.com", initial.Hello!.ServerName);
        Assert.Equal([6, 0], initial.Frames.Select(f => (int)f.Type));
    }

    [Fact]
    public void A_hello_in_pieces_between_other_frames_is_joined()
    {
        byte[] frames = [1, .. Crypto(100, Hello[100..]), 0, 0, 1, .. Crypto(0, Hello[..100]), 2, 5, 0, 0, 1];
        var initial = QuicInitial.Read(Seal(frames))!;
        Assert.Equal("example.com", initial.Hello!.ServerName);
        Assert.Equal([1, 6, 0, 1, 6, 2, 0], initial.Frames.Select(f => (int)f.Type));
    }

    [Fact]
    public void A_forged_initial_does_not_open_and_other_datagrams_are_none()
    {
        var packet = Seal(Crypto(0, Hello));
        packet[^1] ^= 1;
        var initial = QuicInitial.Read(packet)!;
        Assert.False(initial.Opened);
        Assert.Null(initial.Hello);
        Assert.Null(QuicInitial.Read(packet.AsSpan(..^1)));
        Assert.Null(QuicInitial.Read("hello there, this is no QUIC at all, only words"u8));
        packet[0] = 0xD0;
        Assert.Null(QuicInitial.Read(packet));
        Assert.Null(QuicInitial.Read(default));
    }

    internal static byte[] Crypto(int offset, byte[] octets) =>
        [6, (byte)(0x40 | (offset >> 8)), (byte)offset, (byte)(0x40 | (octets.Length >> 8)), (byte)octets.Length, .. octets];

    /// <summary>Seals frames, padded to 1,200 octets, as packet 2 of the RFC's connection.</summary>
    internal static byte[] Seal(byte[] frames, uint version = QuicInitial.Version1, int numberLength = 4)
    {
        // The RFC's own frame has the two-octet form of offset 0 only in one octet.
        if (frames is [6, 0x40, 0, ..])
            frames = [6, 0, .. frames[3..]];
        var two = version == QuicInitial.Version2;
        var label = two ? "quicv2 " : "quic ";
        var salt = Convert.FromHexString(two
            ? "0dede3def700a6db819381be6e269dcbf9bd2ed9"
            : "38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
        var client = Expand(HKDF.Extract(HashAlgorithmName.SHA256, s_connection, salt), "client in", 32);
        const int Total = 1200;
        byte[] start =
        [
            (byte)(0xC0 | (two ? 0x10 : 0) | (numberLength - 1)),
            (byte)(version >> 24), (byte)(version >> 16), (byte)(version >> 8), (byte)version,
            8, .. s_connection, 0, 0,
        ];
        var length = Total - start.Length - 2;
        byte[] number = [0, 0, 0, 2];
        byte[] header = [.. start, (byte)(0x40 | (length >> 8)), (byte)length, .. number[(4 - numberLength)..]];
        var plain = new byte[Total - header.Length - 16];
        frames.CopyTo(plain, 0);
        var nonce = Expand(client, label + "iv", 12);
        nonce[^1] ^= 2;
        var body = new byte[plain.Length + 16];
        using var gcm = new AesGcm(Expand(client, label + "key", 16), 16);
        gcm.Encrypt(nonce, plain, body.AsSpan(0, plain.Length), body.AsSpan(plain.Length), header);
        byte[] packet = [.. header, .. body];
        using var aes = Aes.Create();
        aes.Key = Expand(client, label + "hp", 16);
        var at = header.Length - numberLength;
        var mask = aes.EncryptEcb(packet.AsSpan(at + 4, 16), PaddingMode.None);
        packet[0] ^= (byte)(mask[0] & 15);
        for (var i = 0; i < numberLength; i++)
            packet[at + i] ^= mask[1 + i];
        return packet;
    }

    private static byte[] Expand(byte[] secret, string label, int length) => HKDF.Expand(
        HashAlgorithmName.SHA256, secret, length,
        [0, (byte)length, (byte)(label.Length + 6), .. Encoding.ASCII.GetBytes("tls13 " + label), 0]);
}
