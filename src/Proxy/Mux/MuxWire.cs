using Karez.Wire;

namespace Karez.Proxy.Mux;

/// <summary>Mux.Cool frames, both directions; see docs/protocols/mux.md.</summary>
/// <remarks>
/// <code>meta length u16 | session u16 | status u8 | option u8 | [network u8 | address | GlobalID] | [length u16 |
/// data]</code>
/// </remarks>
public static class MuxWire
{
    /// <summary>The longest meta part that is read.</summary>
    public const int MaxMeta = 512;

    /// <summary>The longest header that is written, data length included.</summary>
    public const int MaxHeader = 2 + 4 + 1 + AddressWire.MaxLength + 8 + 2;

    /// <summary>
    /// The header of a TCP session's frame, which has no address: length, number, status, option, length of the data.
    /// </summary>
    public const int StreamHeader = 2 + 4 + 2;

    /// <summary>Octets of a TCP flow that are written per frame; readers in the field hold so many.</summary>
    public const int MaxData = 8192;

    /// <summary>The longest datagram that is written.</summary>
    public const int MaxDatagram = 7526;

    internal const int MinMeta = 4;
    private const byte DataOption = 1, ErrorOption = 2;

    /// <summary>Reads a whole meta part, without its length.</summary>
    public static bool TryReadMeta(ReadOnlySpan<byte> meta, out MuxFrame frame, out MuxFault fault)
    {
        (frame, fault) = (default, MuxFault.BadMeta);
        var reader = new WireReader(meta);
        if (meta.Length > MaxMeta || !reader.TryReadUInt16(out var session) || !reader.TryReadUInt8(out var octet)
            || !reader.TryReadUInt8(out var option))
            return false;
        var status = (MuxStatus)octet;
        if (status is < MuxStatus.New or > MuxStatus.KeepAlive)
            return Fail(MuxFault.UnknownStatus, out fault);
        var network = MuxNetwork.None;
        var destination = default(Destination);
        var globalId = 0ul;
        var hasData = (option & DataOption) != 0;
        // A Keep has an address only if the network before it is UDP; anything else there is padding.
        if (status == MuxStatus.New || (status == MuxStatus.Keep && reader.Rest is [(byte)MuxNetwork.Udp, ..]))
        {
            if (!reader.TryReadUInt8(out octet))
                return false;
            network = (MuxNetwork)octet;
            if (network is not (MuxNetwork.Tcp or MuxNetwork.Udp))
                return Fail(MuxFault.UnknownNetwork, out fault);
            var address = AddressWire.TryRead(ref reader, out destination);
            if (address == ParseStatus.NeedInput)
                return false;
            if (address == ParseStatus.Done && status == MuxStatus.New && network == MuxNetwork.Udp && hasData)
                _ = reader.TryReadUInt64(out globalId);
        }

        var hasError = (option & ErrorOption) != 0;
        var (word, value) = (MuxWord.None, 0u);
        if (status == MuxStatus.KeepAlive && !hasData)
            (word, value) = ReadWord(ref reader);
        else if (status == MuxStatus.End && hasError && reader.TryReadUInt8(out octet))
            value = octet;
        fault = MuxFault.None;
        frame = new MuxFrame(session, status, hasData, hasError, network, destination, globalId)
        {
            Word = word,
            Value = value,
        };
        return true;
    }

    /// <summary>Writes a frame up to its data, which follows if <see cref="MuxFrame.HasData"/>.</summary>
    /// <param name="frame">The meta part.</param>
    /// <param name="dataLength">Octets of data.</param>
    /// <param name="destination">At most <see cref="MaxHeader"/> octets are written.</param>
    /// <returns>Octets written; 0 if they do not fit.</returns>
    public static int WriteHeader(in MuxFrame frame, int dataLength, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        var meta = writer.OpenVector16();
        writer.WriteUInt16(frame.Session);
        writer.WriteUInt8((byte)frame.Status);
        writer.WriteUInt8((byte)((frame.HasData ? DataOption : 0) | (frame.HasError ? ErrorOption : 0)));
        if (frame.Network != MuxNetwork.None)
        {
            writer.WriteUInt8((byte)frame.Network);
            AddressWire.Write(ref writer, frame.Destination);
            if (frame.GlobalId != 0)
                writer.WriteUInt64(frame.GlobalId);
        }

        if (frame.Word != MuxWord.None)
            writer.WriteUInt8((byte)frame.Word);
        if (frame.Word == MuxWord.Credit)
            writer.WriteUInt32(frame.Value);
        if (frame is { Status: MuxStatus.End, Value: > 0 })
            writer.WriteUInt8((byte)frame.Value);
        writer.Close(meta);
        if (frame.HasData)
            writer.WriteUInt16((ushort)dataLength);
        return writer.Overflowed ? 0 : writer.Written;
    }

    private static (MuxWord Word, uint Value) ReadWord(ref WireReader reader)
    {
        if (!reader.TryReadUInt8(out var octet) || (MuxWord)octet is < MuxWord.Credit or > MuxWord.Connected)
            return default;
        var value = 0u;
        return (MuxWord)octet == MuxWord.Credit && !reader.TryReadUInt32(out value)
            ? default
            : ((MuxWord)octet, value);
    }

    private static bool Fail(MuxFault reason, out MuxFault fault)
    {
        fault = reason;
        return false;
    }
}
