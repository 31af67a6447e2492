namespace Karez.Sys;

/// <summary>
/// Linux error numbers. Every call in this project returns a count or a descriptor, or minus one of these,
/// as the kernel itself does.
/// </summary>
public static class Errno
{
    /// <summary>EPERM.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOENT.</summary>
    public const int NoEntry = 2;

    /// <summary>ESRCH.</summary>
    public const int NoSuchThing = 3;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>EBADF.</summary>
    public const int BadDescriptor = 9;

    /// <summary>EAGAIN.</summary>
    public const int Again = 11;

    /// <summary>ENOMEM.</summary>
    public const int NoMemory = 12;

    /// <summary>EACCES.</summary>
    public const int Access = 13;

    /// <summary>EEXIST.</summary>
    public const int Exists = 17;

    /// <summary>ENODEV.</summary>
    public const int NoDevice = 19;

    /// <summary>EINVAL.</summary>
    public const int Invalid = 22;

    /// <summary>ENFILE: the system has no descriptors left.</summary>
    public const int SystemFiles = 23;

    /// <summary>EMFILE: the process has no descriptors left.</summary>
    public const int ProcessFiles = 24;

    /// <summary>EPIPE.</summary>
    public const int BrokenPipe = 32;

    /// <summary>EPROTO.</summary>
    public const int Protocol = 71;

    /// <summary>EMSGSIZE.</summary>
    public const int MessageSize = 90;

    /// <summary>EAFNOSUPPORT.</summary>
    public const int FamilyNotSupported = 97;

    /// <summary>EADDRINUSE.</summary>
    public const int AddressInUse = 98;

    /// <summary>EADDRNOTAVAIL.</summary>
    public const int AddressNotAvailable = 99;

    /// <summary>ENETDOWN.</summary>
    public const int NetworkDown = 100;

    /// <summary>ENETUNREACH.</summary>
    public const int NetworkUnreachable = 101;

    /// <summary>ECONNABORTED.</summary>
    public const int ConnectionAborted = 103;

    /// <summary>ECONNRESET.</summary>
    public const int ConnectionReset = 104;

    /// <summary>ENOBUFS.</summary>
    public const int NoBuffers = 105;

    /// <summary>ENOTCONN.</summary>
    public const int NotConnected = 107;

    /// <summary>ETIMEDOUT.</summary>
    public const int TimedOut = 110;

    /// <summary>ECONNREFUSED.</summary>
    public const int ConnectionRefused = 111;

    /// <summary>EHOSTDOWN.</summary>
    public const int HostDown = 112;

    /// <summary>EHOSTUNREACH.</summary>
    public const int HostUnreachable = 113;

    /// <summary>EINPROGRESS.</summary>
    public const int InProgress = 115;
}
