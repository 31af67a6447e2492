using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Karez.Site;

/// <summary>Pictures of dunes that compress badly, as long as photographs; the same every time.</summary>
internal static class SitePicture
{
    /// <summary>Draws a square PNG of so many pixels a side.</summary>
    public static byte[] Draw(int side)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
            WriteRows(zlib, side);
        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], side);
        header[8] = 8; // bits a sample
        header[9] = 2; // red, green, blue
        Chunk(png, "IHDR", header);
        Chunk(png, "IDAT", pixels.ToArray());
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    private static void WriteRows(ZLibStream zlib, int side)
    {
        var row = new byte[1 + (side * 3)];
        var noise = 0x2545F491u ^ (uint)side;
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                noise ^= noise << 13;
                noise ^= noise >> 17;
                noise ^= noise << 5;
                var light = (int)(150 + (60 * Math.Sin((x + (y * 2)) / 40.0)) + (noise & 15));
                row[1 + (x * 3)] = (byte)light;
                row[2 + (x * 3)] = (byte)(light * 3 / 4);
                row[3 + (x * 3)] = (byte)(light / 2);
            }

            zlib.Write(row);
        }
    }

    private static void Chunk(MemoryStream png, string type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        png.Write(number);
    }

    // ISO 3309, as the PNG specification asks.
    private static uint Crc(ReadOnlySpan<byte> octets)
    {
        var crc = uint.MaxValue;
        foreach (var octet in octets)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
        }

        return ~crc;
    }
}
