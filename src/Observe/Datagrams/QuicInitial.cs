using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Karez.Wire;

namespace Karez.Observe.Datagrams;

/// <summary>
/// A client's QUIC Initial packet (RFC 9000 section 17.2.2), opened with the keys that anybody can derive (RFC 9001
/// section 5.2).
/// </summary>
public sealed class QuicInitial
{
    /// <summary>Version 1 (RFC 9000).</summary>
    public const uint Version1 = 1;

    /// <summary>Version 2 (RFC 9369).</summary>
    public const uint Version2 = 0x6B3343CF;

    private const int MaxFrames = 256; // Our limit.
    private const int MaxCrypto = 1 << 16; // Our limit.

    private static readonly byte[] s_salt1 = Convert.FromHexString("38762CF7F55934B34D179AE6A4C80CADCCBB7F0A");
    private static readonly byte[] s_salt2 = Convert.FromHexString("0DEDE3DEF700A6DB819381BE6E269DCBF9BD2ED9");

    private QuicInitial()
    {
    }

    /// <summary>The version field.</summary>
    public uint Version { get; private set; }

    /// <summary>The destination connection id.</summary>
    public ReadOnlyMemory<byte> Destination { get; private set; }

    /// <summary>The source connection id.</summary>
    public ReadOnlyMemory<byte> Source { get; private set; }

    /// <summary>Whether the packet opened: false for versions that are not known, and for forged ones.</summary>
    public bool Opened { get; private set; }

    /// <summary>The frames in the order sent; at most 256.</summary>
    public IReadOnlyList<QuicFrame> Frames { get; private set; } = [];

    /// <summary>The hello, when this one packet holds it whole.</summary>
    public HelloFields? Hello { get; private set; }

    /// <summary>Reads the first packet of a datagram.</summary>
    /// <returns>Null when it is no Initial packet.</returns>
    public static QuicInitial? Read(ReadOnlySpan<byte> datagram)
    {
        var reader = new WireReader(datagram);
        // Long header and fixed bit; the type's number depends on the version.
        if (!reader.TryReadUInt8(out var first) || (first & 0xC0) != 0xC0
            || !reader.TryReadUInt32(out var version) || version == 0
            || !reader.TryReadVector8(out var destination) || destination.Length > 20
            || !reader.TryReadVector8(out var source) || source.Length > 20)
            return null;
        var type = (first >> 4) & 3;
        if (type != (version == Version2 ? 1 : 0) || !TryReadNumber(ref reader, out var token)
            || token > (ulong)reader.Remaining || !reader.TryReadBytes((int)token, out _)
            || !TryReadNumber(ref reader, out var length) || length > (ulong)reader.Remaining || length < 20)
            return null;
        var read = new QuicInitial
        {
            Version = version,
            Destination = destination.ToArray(),
            Source = source.ToArray(),
        };
        var header = datagram.Length - reader.Remaining;
        if (version is Version1 or Version2)
            read.Open(datagram[..(header + (int)length)], header);
        return read;
    }

    private void Open(ReadOnlySpan<byte> packet, int numberAt)
    {
        var two = Version == Version2;
        var initial = HKDF.Extract(HashAlgorithmName.SHA256, Destination.ToArray(), two ? s_salt2 : s_salt1);
        var client = Expand(initial, "client in", 32);
        var prefix = two ? "quicv2 " : "quic ";
        var mask = new byte[16];
        using (var aes = Aes.Create())
        {
            aes.Key = Expand(client, prefix + "hp", 16);
            aes.EncryptEcb(packet.Slice(numberAt + 4, 16), mask, PaddingMode.None);
        }

        var header = packet[..(numberAt + 4)].ToArray();
        header[0] ^= (byte)(mask[0] & 0x0F);
        var numberLength = (header[0] & 3) + 1;
        uint number = 0;
        for (var i = 0; i < numberLength; i++)
        {
            header[numberAt + i] ^= mask[1 + i];
            number = (number << 8) | header[numberAt + i];
        }

        var nonce = Expand(client, prefix + "iv", 12);
        var low = BinaryPrimitives.ReadUInt32BigEndian(nonce.AsSpan(8)) ^ number;
        BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(8), low);
        var sealedPart = packet[(numberAt + numberLength)..];
        if (sealedPart.Length < 16)
            return;
        var plain = new byte[sealedPart.Length - 16];
        using var gcm = new AesGcm(Expand(client, prefix + "key", 16), 16);
        try
        {
            gcm.Decrypt(nonce, sealedPart[..^16], sealedPart[^16..], plain, header.AsSpan(0, numberAt + numberLength));
        }
        catch (AuthenticationTagMismatchException)
        {
            return;
        }

        Opened = true;
        ReadFrames(plain);
    }

    private void ReadFrames(ReadOnlySpan<byte> plain)
    {
        var frames = new List<QuicFrame>();
        var crypto = new SortedList<long, byte[]>();
        var reader = new WireReader(plain);
        while (reader.Remaining > 0 && frames.Count < MaxFrames && TryReadNumber(ref reader, out var type))
        {
            if (type == 0)
            {
                var run = 1;
                while (reader.Remaining > 0 && reader.Rest[0] == 0 && reader.TryReadUInt8(out _))
                    run++;
                frames.Add(new QuicFrame(0, 0, run));
            }
            else if (type == 1)
            {
                frames.Add(new QuicFrame(1, 0, 0));
            }
            else if (type is 2 or 3 && TrySkipAck(ref reader, type == 3))
            {
                frames.Add(new QuicFrame(type, 0, 0));
            }
            else if (type == 6 && TryReadNumber(ref reader, out var offset) && offset < MaxCrypto
                && TryReadNumber(ref reader, out var length) && length <= (ulong)reader.Remaining
                && reader.TryReadBytes((int)length, out var octets))
            {
                frames.Add(new QuicFrame(6, (long)offset, octets.Length));
                crypto.TryAdd((long)offset, octets.ToArray());
            }
            else
            {
                break;
            }
        }

        Frames = frames;
        var joined = new List<byte>();
        foreach (var (offset, octets) in crypto)
        {
            if (offset > joined.Count)
                break;
            joined.AddRange(octets.AsSpan(Math.Min(octets.Length, joined.Count - (int)offset)));
        }

        if (HelloFields.TryParse(joined.ToArray(), out var hello))
            Hello = hello;
    }

    private static bool TrySkipAck(ref WireReader reader, bool withCounts)
    {
        if (!TryReadNumber(ref reader, out _) || !TryReadNumber(ref reader, out _)
            || !TryReadNumber(ref reader, out var ranges) || ranges > 64 || !TryReadNumber(ref reader, out _))
            return false;
        for (var left = (ranges * 2) + (withCounts ? 3UL : 0); left > 0; left--)
        {
            if (!TryReadNumber(ref reader, out _))
                return false;
        }

        return true;
    }

    // RFC 9000 section 16.
    private static bool TryReadNumber(ref WireReader reader, out ulong value)
    {
        value = 0;
        if (reader.Remaining == 0)
            return false;
        var length = 1 << (reader.Rest[0] >> 6);
        if (!reader.TryReadBytes(length, out var octets))
            return false;
        value = (ulong)(octets[0] & 0x3F);
        foreach (var octet in octets[1..])
            value = (value << 8) | octet;
        return true;
    }

    // HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context.
    private static byte[] Expand(byte[] secret, string label, int length)
    {
        var name = Encoding.ASCII.GetBytes("tls13 " + label);
        byte[] info = [(byte)(length >> 8), (byte)length, (byte)name.Length, .. name, 0];
        return HKDF.Expand(HashAlgorithmName.SHA256, secret, length, info);
    }
}
