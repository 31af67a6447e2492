using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <content>Moving octets.</content>
public static unsafe partial class Sockets
{
    /// <summary>The most segments of one <see cref="ReceiveSlots"/>.</summary>
    public const int MaxSlots = 16;

    /// <summary>recv(2).</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do result = Libc.Check(recv(descriptor, start, buffer.Length, 0));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>
    /// readv(2) into at most <see cref="MaxSlots"/> equal segments of one buffer: segment i begins at
    /// <paramref name="offset"/> + i * <paramref name="stride"/> and takes <paramref name="length"/> octets.
    /// </summary>
    public static int ReceiveSlots(int descriptor, Span<byte> buffer, int offset, int length, int stride, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(count is >= 1 and <= MaxSlots, true);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset >= 0 && length > 0 && stride >= length, true);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + ((count - 1L) * stride) + length, buffer.Length);
        var vector = stackalloc Segment[MaxSlots];
        fixed (byte* start = buffer)
        {
            for (var i = 0; i < count; i++) vector[i] = new Segment(start + offset + (i * stride), length);
            int result;
            do result = Libc.Check(readv(descriptor, vector, count));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>send(2), without SIGPIPE.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do result = Libc.Check(send(descriptor, start, buffer.Length, NoSignal));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>Two buffers in one call, without SIGPIPE.</summary>
    public static int SendBoth(int descriptor, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var vector = stackalloc Segment[2];
        fixed (byte* a = first)
        fixed (byte* b = second)
        {
            vector[0] = new Segment(a, first.Length);
            vector[1] = new Segment(b, second.Length);
            var message = new MessageHeader { Vector = vector, Count = 2 };
            int result;
            do result = Libc.Check(sendmsg(descriptor, &message, NoSignal));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>
    /// At most <see cref="MaxSlots"/> buffers in one call, in order, without SIGPIPE. Octets taken in all.
    /// </summary>
    public static int SendMany(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> buffers)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffers.Length, MaxSlots);
        var vector = stackalloc Segment[MaxSlots];
        var pins = default(Pins);
        try
        {
            for (var i = 0; i < buffers.Length; i++)
            {
                pins[i] = buffers[i].Pin();
                vector[i] = new Segment((byte*)pins[i].Pointer, buffers[i].Length);
            }

            var message = new MessageHeader { Vector = vector, Count = buffers.Length };
            int result;
            do result = Libc.Check(sendmsg(descriptor, &message, NoSignal));
            while (result == -Errno.Interrupted);
            return result;
        }
        finally
        {
            for (var i = 0; i < buffers.Length; i++) pins[i].Dispose();
        }
    }

    /// <summary>Sends one octet of TCP urgent data.</summary>
    public static int SendUrgent(int descriptor, byte value) =>
        Libc.Check(send(descriptor, &value, 1, NoSignal | OutOfBand));

    /// <summary>
    /// recvfrom(2). The result is the datagram's whole length, which is more than the buffer's when it was cut.
    /// </summary>
    public static int ReceiveFrom(int descriptor, Span<byte> buffer, Span<byte> address, out int addressLength)
    {
        fixed (byte* start = buffer)
        fixed (byte* from = address)
        {
            int result, size;
            do
            {
                size = address.Length;
                result = Libc.Check(recvfrom(descriptor, start, buffer.Length, RealLength, from, &size));
            }
            while (result == -Errno.Interrupted);
            addressLength = result < 0 ? 0 : Math.Min(size, address.Length);
            return result;
        }
    }

    /// <summary>sendto(2); the address is what <see cref="SocketAddresses.Encode"/> wrote.</summary>
    public static int SendTo(int descriptor, ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = buffer)
        fixed (byte* to = address)
        {
            int result;
            do result = Libc.Check(sendto(descriptor, start, buffer.Length, NoSignal, to, address.Length));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint recv(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint readv(int descriptor, Segment* vector, int count);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint recvfrom(int descriptor, byte* buffer, nint length, int flags, byte* from, int* size);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint sendto(int descriptor, byte* buffer, nint length, int flags, byte* to, int size);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Segment(byte* start, nint length)
    {
        private readonly byte* _start = start;
        private readonly nint _length = length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public Segment* Vector;
        public nint Count;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }

    [InlineArray(MaxSlots)]
    private struct Pins
    {
        private MemoryHandle _first;
    }

    private const int OutOfBand = 0x1;
    private const int RealLength = 0x20; // MSG_TRUNC
    private const int NoSignal = 0x4000;
}
