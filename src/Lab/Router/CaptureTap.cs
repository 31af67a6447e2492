using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Karez.Lab.Router;

/// <summary>
/// Writes what each subscriber's line carries at the carrier into a pcap file of his own (draft-ietf-opsawg-pcap;
/// microseconds, link type 101: raw IP). The router's thread only copies; another one writes.
/// </summary>
public sealed class CaptureTap : ITap, IDisposable
{
    private const int PacketHeader = 16;
    private const int ChunkSize = 256 << 10;
    private const int MaxWaiting = 512; // Our limit: 128 MiB that were not written yet; above it packets are left out.

    private readonly long _epoch;
    private readonly List<Line> _lines = [];
    private readonly BlockingCollection<(Line Line, byte[] Chunk, int Length)> _waiting = new(MaxWaiting);
    private readonly ConcurrentBag<byte[]> _spare = [];
    private readonly Thread _writer;
    private bool _disposed;

    /// <param name="folder">Where the files go; it is made.</param>
    /// <param name="subscribers">The subscribers' names in order.</param>
    /// <param name="clock">The run's clock.</param>
    public CaptureTap(string folder, IReadOnlyList<string> subscribers, RunClock clock)
    {
        ArgumentNullException.ThrowIfNull(subscribers);
        ArgumentNullException.ThrowIfNull(clock);
        Directory.CreateDirectory(folder);
        _epoch = (clock.Started - DateTimeOffset.UnixEpoch).Ticks;
        foreach (var name in subscribers)
            _lines.Add(new Line(Path.Combine(folder, name + ".pcap")));
        _writer = new Thread(Write) { IsBackground = true, Name = "captures" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public Place Place => Place.Carrier;

    /// <summary>Packets that were left out because the disk was too slow; 0, or the captures prove nothing.</summary>
    public long LeftOut { get; private set; }

    /// <inheritdoc/>
    public void See(in Passing passing)
    {
        if (passing.Subscriber == Passing.Nobody)
            return;
        var line = _lines[passing.Subscriber];
        var length = PacketHeader + passing.Packet.Length;
        if (line.Filled + length > ChunkSize && !TryTurn(line))
        {
            LeftOut++;
            return;
        }

        var at = line.Chunk.AsSpan(line.Filled);
        var microseconds = (_epoch + passing.Time.Ticks) / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)(microseconds / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], (uint)(microseconds % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], passing.Packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], passing.Packet.Length);
        passing.Packet.CopyTo(at[PacketHeader..]);
        line.Filled += length;
        line.Packets++;
    }

    /// <summary>Writes the rest, once the router has ended.</summary>
    /// <returns>How many packets each subscriber's file holds.</returns>
    public IReadOnlyList<long> Finish()
    {
        foreach (var line in _lines)
            _waiting.Add((line, line.Chunk, line.Filled));
        _waiting.CompleteAdding();
        _writer.Join();
        foreach (var line in _lines)
            line.Dispose();
        return [.. _lines.Select(line => line.Packets)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_waiting.IsAddingCompleted)
            Finish();
        _waiting.Dispose();
    }

    /// <summary>Hands the full chunk over and takes an empty one.</summary>
    private bool TryTurn(Line line)
    {
        if (!_waiting.TryAdd((line, line.Chunk, line.Filled)))
            return false;
        line.Chunk = _spare.TryTake(out var chunk) ? chunk : new byte[ChunkSize];
        line.Filled = 0;
        return true;
    }

    private void Write()
    {
        foreach (var (line, chunk, length) in _waiting.GetConsumingEnumerable())
        {
            line.File.Write(chunk, 0, length);
            _spare.Add(chunk);
        }
    }

    private sealed class Line : IDisposable
    {
        public Line(string path)
        {
            File = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
            Span<byte> header = stackalloc byte[24];
            header.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
            BinaryPrimitives.WriteInt32LittleEndian(header[16..], 1 << 16);
            BinaryPrimitives.WriteInt32LittleEndian(header[20..], 101); // LINKTYPE_RAW
            File.Write(header);
        }

        public FileStream File { get; }

        public byte[] Chunk { get; set; } = new byte[ChunkSize];

        public int Filled { get; set; }

        public long Packets { get; set; }

        public void Dispose() => File.Dispose();
    }
}
