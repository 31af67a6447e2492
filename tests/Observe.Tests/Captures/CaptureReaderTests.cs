using System.Buffers.Binary;
using CsCheck;
using Karez.Observe.Captures;
using Karez.Tests;

namespace Karez.Observe.Tests.Captures;

public class CaptureReaderTests
{
    private static readonly Gen<(long Time, byte[] Frame)[]> Frames =
        Gen.Select(Gen.Long[0, 4_000_000_000L * 1_000_000_000], Gen.Byte.Array[0, 90]).Array[0, 6];

    [Fact]
    public void Pcap_of_any_order_and_resolution_in_any_pieces_gives_its_frames() =>
        Gen.Select(Frames, Gen.Bool, Gen.Bool, Gen.Int[1, 50]).Sample((frames, nano, big, piece) =>
        {
            var read = ReadAll(PacketMaker.Pcap(frames, 1, nano, big), piece, out var fault);
            return fault == CaptureFault.None && read.Count == frames.Length && read.Zip(frames).All(pair =>
                pair.First.Octets.Span.SequenceEqual(pair.Second.Frame)
                && pair.First.Link == 1
                && pair.First.Nanoseconds == (nano ? pair.Second.Time : pair.Second.Time / 1000 * 1000));
        });

    [Fact]
    public void Pcapng_of_any_order_and_resolution_in_any_pieces_gives_its_frames() =>
        Gen.Select(Frames, Gen.Bool, Gen.Int[0, 4].Select(i => ((int[])[0, 3, 6, 9, 0x80 | 10])[i]), Gen.Int[1, 50]).Sample(
            (frames, big, resolution, piece) =>
            {
                var units = resolution < 0x80 ? (Int128)Math.Pow(10, resolution) : 1 << (resolution & 0x7F);
                var read = ReadAll(Pcapng(frames, big, (byte)resolution), piece, out var fault);
                return fault == CaptureFault.None && read.Count == frames.Length && read.Zip(frames).All(pair =>
                    pair.First.Octets.Span.SequenceEqual(pair.Second.Frame)
                    && pair.First.Link == 101
                    && pair.First.Nanoseconds
                        == (long)((Int128)pair.Second.Time * units / 1_000_000_000 * 1_000_000_000 / units));
            });

    [Fact]
    public void A_cut_frame_keeps_its_length()
    {
        var frame = Assert.Single(ReadAll(
            PacketMaker.Pcap([(5000, new byte[100])], snap: 10), 1000, out _));
        Assert.Equal((100, 10, 5000), (frame.WireLength, frame.Octets.Length, frame.Nanoseconds));
    }

    [Theory]
    [InlineData("d4c3b2a1 01000400 00000000 00000000 00000400 01000000", CaptureFault.UnknownVersion)]
    [InlineData("00112233 01000400", CaptureFault.NotACapture)]
    [InlineData("d4c3b2a1 02000400 00000000 00000000 00000400 01000000 00000000 00000000 ffffff7f ffffff7f",
        CaptureFault.TooLong)]
    [InlineData("0a0d0d0a 1c000000 00000000 01000000 ffffffff ffffffff 1c000000", CaptureFault.NotACapture)]
    [InlineData("0a0d0d0a 1c000000 4d3c2b1a 02000000 ffffffff ffffffff 1c000000", CaptureFault.UnknownVersion)]
    [InlineData("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffff ffffffff 1b000000", CaptureFault.Malformed)]
    [InlineData("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffff ffffffff 1c000000 06000000 20000000 00000000 00000000"
        + "00000000 00000000 00000000 20000000", CaptureFault.UnknownInterface)]
    public void Says_what_is_wrong_with_a_file(string hex, CaptureFault expected)
    {
        ReadAll(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 1000, out var fault);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void A_file_that_is_no_capture_is_refused_however_it_begins() =>
        Gen.Byte.Array[24, 200].Sample(octets =>
        {
            octets[0] = 1; // No magic number begins so.
            ReadAll(octets, 7, out var fault);
            return fault == CaptureFault.NotACapture;
        });

    internal static List<CaptureFrame> ReadAll(byte[] file, int piece, out CaptureFault fault)
    {
        var reader = new CaptureReader();
        var read = new List<CaptureFrame>();
        var (start, end) = (0, 0);
        while (true)
        {
            var status = reader.Read(file.AsMemory(start, end - start), out var consumed, out var frame);
            start += consumed;
            if (status == CaptureStatus.Frame)
            {
                read.Add(frame with { Octets = frame.Octets.ToArray() });
                continue;
            }

            fault = reader.Fault;
            if (status == CaptureStatus.Failed || end == file.Length)
            {
                Assert.True(status == CaptureStatus.Failed || start == end || end - start < 24, "not consumed");
                return read;
            }

            end = Math.Min(file.Length, end + piece);
        }
    }

    internal static byte[] Pcapng((long Time, byte[] Frame)[] frames, bool big, byte resolution)
    {
        byte[] Four(uint value)
        {
            var four = new byte[4];
            if (big)
                BinaryPrimitives.WriteUInt32BigEndian(four, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(four, value);
            return four;
        }

        byte[] Two(ushort value) => big ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
        byte[] Block(uint type, byte[] body) =>
            [.. Four(type), .. Four((uint)body.Length + 12), .. body, .. Four((uint)body.Length + 12)];
        var file = new List<byte>();
        file.AddRange(Block(0x0A0D0D0A, [.. Four(0x1A2B3C4D), .. Two(1), .. Two(0), .. Four(~0u), .. Four(~0u)]));
        file.AddRange(Block(1, [.. Two(101), .. Two(0), .. Four(0), .. Two(9), .. Two(1), resolution, 0, 0, 0, .. Two(0), .. Two(0)]));
        file.AddRange(Block(5, new byte[12])); // Statistics, passed over.
        var units = resolution < 0x80 ? (UInt128)Math.Pow(10, resolution) : (UInt128)1 << (resolution & 0x7F);
        foreach (var (time, frame) in frames)
        {
            var ticks = (ulong)((UInt128)time * units / 1_000_000_000);
            byte[] padding = new byte[(4 - (frame.Length % 4)) % 4];
            file.AddRange(Block(6,
            [
                .. Four(0), .. Four((uint)(ticks >> 32)), .. Four((uint)ticks), .. Four((uint)frame.Length),
                .. Four((uint)frame.Length), .. frame, .. padding,
            ]));
        }

        return [.. file];
    }
}
