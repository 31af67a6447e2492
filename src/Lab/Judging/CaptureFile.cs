using System.Buffers;
using Karez.Observe.Captures;
using Karez.Observe.Packets;

namespace Karez.Lab.Judging;

/// <summary>A finished capture on disk, read packet by packet.</summary>
public sealed class CaptureFile
{
    /// <summary>The longest file that is read: 1 GiB. A boundary of the lab, no limit of the machine.</summary>
    public const long MaxLength = 1L << 30;

    private const string Hint = "judge reads one finished pcap or pcapng file of your own device";

    private CaptureFile(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Checks that a path is a finished file that may be judged; opens nothing.</summary>
    /// <exception cref="LabException">It is standard input, no ordinary file, or too long.</exception>
    public static CaptureFile At(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "-")
            throw new LabException("standard input is not judged", Hint);
        var full = System.IO.Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
            throw new LabException($"{path} is no ordinary file", Hint);
        if (!File.Exists(path))
            throw new LabException($"there is no file {path}", Hint);
        // Pipes and devices have no length; opening one might wait for ever.
        var length = new FileInfo(path).Length;
        if (length == 0)
            throw new LabException($"{path} is empty, or no ordinary file", Hint);
        return length <= MaxLength
            ? new CaptureFile(path)
            : throw new LabException($"{path} is longer than 1 GiB", "cut the part in question out of it");
    }

    /// <summary>The packets; a packet's payload is valid until the next one is taken.</summary>
    /// <exception cref="LabException">The file is no capture, or damaged.</exception>
    public IEnumerable<Packet> Packets()
    {
        const int Block = 1 << 20;
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        // A file that grows while it is read is no finished one; what was there at the beginning is all that is read.
        var left = stream.Length;
        if (left > MaxLength)
            throw new LabException($"{Path} is longer than 1 GiB", "cut the part in question out of it");
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            var reader = new CaptureReader();
            var (start, end, begun) = (0, 0, false);
            while (true)
            {
                var status = reader.Read(buffer.AsMemory(start, end - start), out var consumed, out var frame);
                start += consumed;
                begun |= consumed > 0;
                if (status == CaptureStatus.Frame)
                {
                    if (PacketReader.Read(frame) is { } packet)
                        yield return packet;
                    continue;
                }

                if (status == CaptureStatus.Failed)
                    throw new LabException($"{Path} cannot be read: {Say(reader.Fault)}", Hint);
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                var read = stream.Read(buffer, end, (int)Math.Min(buffer.Length - end, left));
                left -= read;
                end += read;
                if (read == 0 && !begun)
                    throw new LabException($"{Path} cannot be read: {Say(CaptureFault.NotACapture)}", Hint);
                if (read == 0)
                    yield break; // What is left is a frame that was cut: the capture ended within it.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Say(CaptureFault fault) => fault switch
    {
        CaptureFault.NotACapture => "it is neither pcap nor pcapng",
        CaptureFault.UnknownVersion => "its version is unknown",
        CaptureFault.TooLong => "a frame is too long",
        CaptureFault.UnknownInterface => "a frame has no interface",
        _ => "a block is malformed",
    };
}
