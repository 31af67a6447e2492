using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Room for frames that are received or sent in one call (recvmmsg(2), sendmmsg(2)).</summary>
public sealed unsafe partial class PacketBatch : IDisposable
{
    /// <summary>The longest frame, its Ethernet header included; our limit, for MTU 1500.</summary>
    public const int MaxFrame = 2048;

    private const int AddressSize = 20; // struct sockaddr_ll
    private const int ControlSize = 64; // One cmsghdr with a timespec has 32.
    private const int SlotSize = MaxFrame + AddressSize + ControlSize + 12; // A multiple of 8.
    private const int HeaderSize = 64; // struct mmsghdr on 64-bit Linux
    private const int VectorSize = 16; // struct iovec

    private readonly byte* _headers;
    private readonly byte* _vectors;
    private readonly byte* _slots;
    private bool _disposed;

    /// <param name="capacity">The most frames.</param>
    public PacketBatch(int capacity)
    {
        Capacity = capacity;
        _headers = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * HeaderSize));
        _vectors = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * VectorSize));
        _slots = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * SlotSize));
        for (var i = 0; i < capacity; i++)
        {
            var header = (Header*)(_headers + (i * HeaderSize));
            header->Name = Address(i);
            header->Vector = _vectors + (i * VectorSize);
            header->Count = 1;
            *(byte**)header->Vector = Slot(i);
        }
    }

    /// <summary>The most frames.</summary>
    public int Capacity { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>A frame from its Ethernet header on.</summary>
    public ReadOnlySpan<byte> Frame(int index) => new(Slot(index), FrameLength(index));

    /// <summary>The index of the interface of a frame.</summary>
    public int Interface(int index) => *(int*)(Address(index) + 4);

    /// <summary>When the kernel got a frame: nanoseconds of the wall clock since 1970; 0 if not said.</summary>
    public long ReceivedAt(int index)
    {
        var header = (Header*)(_headers + (index * HeaderSize));
        if (header->ControlLength < 32)
            return 0;
        var time = (long*)(Control(index) + 16);
        return (time[0] * 1_000_000_000) + time[1];
    }

    /// <summary>Whether a received frame was longer than <see cref="MaxFrame"/> and is cut.</summary>
    public bool IsCut(int index) => (((Header*)(_headers + (index * HeaderSize)))->Flags & 0x20) != 0;

    /// <summary>Replaces what is in it by what has come in.</summary>
    /// <returns>How many frames came, or minus errno (EAGAIN: none).</returns>
    public int Receive(int descriptor)
    {
        for (var i = 0; i < Capacity; i++)
        {
            var header = (Header*)(_headers + (i * HeaderSize));
            header->NameLength = AddressSize;
            header->Control = Control(i);
            header->ControlLength = ControlSize;
            header->Flags = 0;
            *(nint*)(_vectors + (i * VectorSize) + 8) = MaxFrame;
        }

        var result = Libc.Check(recvmmsg(descriptor, _headers, (uint)Capacity, 0x40, null)); // MSG_DONTWAIT
        Count = Math.Max(0, result);
        return result;
    }

    /// <summary>Takes everything out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a frame to send; false when it is full or the frame too long.</summary>
    public bool TryAdd(int interfaceIndex, ReadOnlySpan<byte> header, ReadOnlySpan<byte> packet)
    {
        if (Count == Capacity || header.Length + packet.Length > MaxFrame)
            return false;
        var frame = new Span<byte>(Slot(Count), MaxFrame);
        header.CopyTo(frame);
        packet.CopyTo(frame[header.Length..]);
        *(nint*)(_vectors + (Count * VectorSize) + 8) = header.Length + packet.Length;
        var message = (Header*)(_headers + (Count * HeaderSize));
        message->NameLength = AddressSize;
        message->Control = null;
        message->ControlLength = 0;
        var address = Address(Count);
        new Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = PacketSocket.Family;
        *(int*)(address + 4) = interfaceIndex;
        Count++;
        return true;
    }

    /// <summary>Sends what is in it and takes it out, whether it could be sent or not.</summary>
    /// <returns>How many frames were sent; the others could not be.</returns>
    public int Send(int descriptor)
    {
        var (sent, at) = (0, 0);
        while (at < Count)
        {
            var result = Libc.Check(sendmmsg(descriptor, _headers + (at * HeaderSize), (uint)(Count - at), 0x40));
            if (result == -Errno.Interrupted)
                continue;
            // The first of the rest is what could not be sent (interface down, no buffer): it is left out.
            sent += Math.Max(0, result);
            at += result > 0 ? result : 1;
        }

        Count = 0;
        return sent;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_slots);
    }

    private byte* Slot(int index) => _slots + (index * SlotSize);

    private byte* Address(int index) => Slot(index) + MaxFrame;

    private byte* Control(int index) => Slot(index) + MaxFrame + AddressSize + 4;

    private int FrameLength(int index) => (int)((Header*)(_headers + (index * HeaderSize)))->Length;

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int recvmmsg(int descriptor, byte* messages, uint count, int flags, void* timeout);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int sendmmsg(int descriptor, byte* messages, uint count, int flags);

    /// <summary>struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte* Name;
        public uint NameLength;
        public byte* Vector;
        public nint Count;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
        private readonly int _padding; // struct msghdr ends here.
        public uint Length;
    }
}
