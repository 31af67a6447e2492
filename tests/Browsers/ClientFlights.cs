using Karez.Observe;

namespace Karez.Browsers;

/// <summary>What a client sent from its hello to its Finished, as records and as writes.</summary>
/// <param name="Hello">The ClientHello.</param>
/// <param name="HelloRecord">Length of the record with the hello.</param>
/// <param name="Finish">Records from the hello's end up to the Finished: (type, length).</param>
/// <param name="FinishWrite">Octets of the write that brought the Finished.</param>
internal sealed record ClientFlights(
    HelloFields Hello, int HelloRecord, IReadOnlyList<(byte Type, int Length)> Finish, int FinishWrite)
{
    public const ushort PreSharedKey = 41;

    public bool Returns => Hello.TryGetExtension(PreSharedKey, out _);

    /// <summary>Length of the ticket in the hello, 0 for none.</summary>
    public int TicketLength => Hello.TryGetExtension(PreSharedKey, out var body)
        ? (body.Span[2] << 8) | body.Span[3]
        : 0;

    /// <summary>Reads them from what a server read.</summary>
    public static bool TryRead(IReadOnlyList<byte[]> reads, out ClientFlights? flights)
    {
        flights = null;
        byte[] stream = [.. reads.SelectMany(read => read)];
        if (!HelloFields.TryParseStream(stream, out var hello))
            return false;
        var records = new List<RecordSight>();
        new RecordSplitter().Feed(stream, records);
        var finished = records.FindIndex(record => record.Type == 23);
        if (finished < 0)
            return false;
        var end = records[finished].Offset + records[finished].Length;
        var position = 0L;
        var write = reads.First(read => (position += read.Length) >= end);
        flights = new ClientFlights(
            hello!,
            records[0].Length,
            [.. records.Take(1..(finished + 1)).Select(record => (record.Type, record.Length))],
            write.Length);
        return true;
    }
}
