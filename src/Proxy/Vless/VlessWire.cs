using Karez.Wire;

namespace Karez.Proxy.Vless;

/// <summary>VLESS headers, both directions; see docs/protocols/vless.md.</summary>
/// <remarks>
/// <code>
/// request:  ver 0 | user id 16 | A u8 | addons A | command u8 | [port u16 | type u8 | address]
/// response: ver 0 | A u8 | addons A
/// </code>
/// </remarks>
public static class VlessWire
{
    /// <summary>The longest request that can be: addons of 255 octets and a name of 255.</summary>
    public const int MaxRequest = 1 + 16 + 1 + 255 + 1 + AddressWire.MaxLength;

    /// <summary>Length of the response that we write.</summary>
    public const int ResponseLength = 2;

    /// <summary>Length of the response with an outcome.</summary>
    public const int OutcomeLength = 4;

    /// <summary>Reads a request from the front of a stream; consumes nothing unless it is whole.</summary>
    public static ParseStatus TryReadRequest(
        ReadOnlySpan<byte> input, out VlessRequest request, out int consumed, out VlessFault fault)
    {
        (request, consumed, fault) = (default, 0, VlessFault.None);
        var reader = new WireReader(input);
        if (!reader.TryReadUInt8(out var version))
            return ParseStatus.NeedInput;
        if (version != 0)
            return Fail(VlessFault.WrongVersion, out fault);
        if (!reader.TryReadBytes(16, out var user) || !reader.TryReadVector8(out var addons))
            return ParseStatus.NeedInput;
        if (!VlessAddons.TryRead(addons, out var flow, out var ask, out var shares, out fault))
            return ParseStatus.Failed;
        if (!reader.TryReadUInt8(out var command))
            return ParseStatus.NeedInput;
        var destination = default(Destination);
        switch ((VlessCommand)command)
        {
            case VlessCommand.Mux:
                break;
            case VlessCommand.Tcp or VlessCommand.Udp:
                var status = AddressWire.TryRead(ref reader, out destination);
                if (status == ParseStatus.Failed)
                    fault = VlessFault.BadDestination;
                if (status != ParseStatus.Done)
                    return status;
                break;
            default:
                return Fail(VlessFault.UnknownCommand, out fault);
        }

        consumed = input.Length - reader.Remaining;
        request = new VlessRequest(new Guid(user, bigEndian: true), flow, (VlessCommand)command, destination)
        {
            Ask = ask,
            Shares = shares && (VlessCommand)command == VlessCommand.Mux,
        };
        return ParseStatus.Done;
    }

    /// <summary>Writes a request; at most <see cref="MaxRequest"/> octets.</summary>
    /// <returns>Octets written; 0 if the block is too short.</returns>
    public static int WriteRequest(in VlessRequest request, Span<byte> destination)
    {
        Span<byte> user = stackalloc byte[16];
        request.User.TryWriteBytes(user, bigEndian: true, out _);
        var writer = new WireWriter(destination);
        writer.WriteUInt8(0);
        writer.WriteBytes(user);
        var addons = VlessAddons.Of(request.Flow);
        var asks = request.Ask != VlessAsk.Nothing;
        writer.WriteUInt8((byte)(addons.Length + (asks ? 2 : 0) + (request.Shares ? 2 : 0)));
        writer.WriteBytes(addons);
        if (asks)
        {
            writer.WriteUInt8(VlessAddons.AskTag);
            writer.WriteUInt8((byte)request.Ask);
        }

        if (request.Shares)
        {
            writer.WriteUInt8(VlessAddons.SharingTag);
            writer.WriteUInt8(1);
        }

        writer.WriteUInt8((byte)request.Command);
        if (request.Command != VlessCommand.Mux)
            AddressWire.Write(ref writer, request.Destination);
        return writer.Overflowed ? 0 : writer.Written;
    }

    /// <summary>Reads a response from the front of a stream; consumes nothing unless it is whole.</summary>
    public static ParseStatus TryReadResponse(ReadOnlySpan<byte> input, out int consumed, out VlessFault fault)
    {
        (consumed, fault) = (0, VlessFault.None);
        var reader = new WireReader(input);
        if (!reader.TryReadUInt8(out var version))
            return ParseStatus.NeedInput;
        if (version != 0)
            return Fail(VlessFault.WrongVersion, out fault);
        if (!reader.TryReadVector8(out _))
            return ParseStatus.NeedInput;
        consumed = input.Length - reader.Remaining;
        return ParseStatus.Done;
    }

    /// <summary>Writes the response, to stand in front of the first payload; the block has at least 2 octets.</summary>
    public static int WriteResponse(Span<byte> destination)
    {
        destination[..ResponseLength].Clear();
        return ResponseLength;
    }

    /// <summary>
    /// Writes the response with how the dial went, for a client that asked; the block has at least 4 octets.
    /// </summary>
    /// <param name="code">See <see cref="VlessOutcome"/>; below 128.</param>
    /// <param name="destination">The block.</param>
    public static int WriteOutcome(byte code, Span<byte> destination)
    {
        ((ReadOnlySpan<byte>)[0, 2, VlessAddons.AskTag, code]).CopyTo(destination);
        return OutcomeLength;
    }

    /// <summary>Writes the response that takes the offer to share; the block has at least 4 octets.</summary>
    public static int WriteSharing(Span<byte> destination)
    {
        ((ReadOnlySpan<byte>)[0, 2, VlessAddons.SharingTag, 1]).CopyTo(destination);
        return OutcomeLength;
    }

    /// <summary>Whether a response's addons take the offer, and are nothing else.</summary>
    internal static bool SharesIn(ReadOnlySpan<byte> addons) => addons is [VlessAddons.SharingTag, 1];

    /// <summary>The outcome in a response's addons; null if they are anything else than just that.</summary>
    internal static byte? OutcomeIn(ReadOnlySpan<byte> addons) =>
        addons is [VlessAddons.AskTag, < 0x80 and var code] ? code : null;

    private static ParseStatus Fail(VlessFault reason, out VlessFault fault)
    {
        fault = reason;
        return ParseStatus.Failed;
    }
}
