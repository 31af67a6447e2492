using Karez.Sys;

namespace Karez.Tun;

/// <summary>
/// An interface whose other end is this process. It has neither address nor route when it is made, and is gone when it
/// is disposed or the process ends.
/// </summary>
public sealed class TunDevice : IDisposable
{
    private readonly int _descriptor;
    private bool _disposed;

    private TunDevice(int descriptor, string name, TunFeatures features)
    {
        (_descriptor, Name, Features) = (descriptor, name, features);
        Index = TunInterfaces.IndexOf(name);
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The interface's number, for netlink.</summary>
    public uint Index { get; }

    /// <summary>In which forms packets come.</summary>
    public TunFeatures Features { get; }

    internal int Descriptor => _descriptor;

    /// <summary>Makes the interface, in the calling thread's network namespace.</summary>
    /// <param name="name">At most 15 letters and digits; "%d" in it becomes a number.</param>
    /// <exception cref="TunException">Why not.</exception>
    public static TunDevice Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var descriptor = TunInterfaces.Open(name, out var actual);
        if (descriptor < 0)
            throw new TunException(FaultOf(-descriptor), name, -descriptor);
        return new TunDevice(descriptor, actual, Offload(descriptor));
    }

    /// <summary>Deletes the interface.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _ = Descriptors.Close(_descriptor);
    }

    /// <summary>The next packet behind its header: octets, or minus errno.</summary>
    internal int Read(Span<byte> buffer) => Descriptors.Read(_descriptor, buffer);

    /// <summary>Gives a packet behind its header to the kernel: octets, or minus errno.</summary>
    internal int Write(ReadOnlySpan<byte> buffer) => Descriptors.Write(_descriptor, buffer);

    /// <summary>Asks for as much as the kernel knows.</summary>
    private static TunFeatures Offload(int descriptor)
    {
        const uint tcp = TunInterfaces.ChecksumOffload | TunInterfaces.TcpOffload;
        if (TunInterfaces.SetOffload(descriptor, tcp | TunInterfaces.UdpOffload) >= 0)
            return TunFeatures.Checksum | TunFeatures.JoinedTcp | TunFeatures.JoinedUdp;
        if (TunInterfaces.SetOffload(descriptor, tcp) >= 0)
            return TunFeatures.Checksum | TunFeatures.JoinedTcp;
        return TunFeatures.None;
    }

    private static TunFault FaultOf(int errno) => errno switch
    {
        Errno.NotPermitted or Errno.Access => TunFault.NotPermitted,
        Errno.NoEntry or NoDevice or NoSuchAddress => TunFault.NoDeviceFile,
        Busy => TunFault.NameInUse,
        Errno.Invalid => TunFault.BadName,
        _ => TunFault.Failed,
    };

    private const int NoSuchAddress = 6; // ENXIO
    private const int Busy = 16; // EBUSY
    private const int NoDevice = 19; // ENODEV
}
