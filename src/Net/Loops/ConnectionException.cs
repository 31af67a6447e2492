namespace Karez.Net.Loops;

/// <summary>A connection could not be made or did not last.</summary>
public sealed class ConnectionException : IOException
{
    /// <summary>Makes the exception.</summary>
    public ConnectionException(ConnectionFault fault, int errno = 0)
        : base(errno == 0 ? $"Connection: {fault}" : $"Connection: {fault} (errno {errno})")
    {
        Fault = fault;
        Errno = errno;
    }

    /// <summary>Makes the exception for no particular reason.</summary>
    public ConnectionException() : this(ConnectionFault.Failed)
    {
    }

    /// <summary>Makes the exception with a text of its own.</summary>
    public ConnectionException(string message) : base(message) => Fault = ConnectionFault.Failed;

    /// <summary>Makes the exception with a text and a cause.</summary>
    public ConnectionException(string message, Exception innerException) : base(message, innerException) =>
        Fault = ConnectionFault.Failed;

    /// <summary>What happened.</summary>
    public ConnectionFault Fault { get; }

    /// <summary>The kernel's error number; 0 where it had no part in it.</summary>
    public int Errno { get; }

    /// <summary>The fault that an error number stands for.</summary>
    public static ConnectionFault FaultOf(int errno) => errno switch
    {
        0 => ConnectionFault.None,
        Sys.Errno.ConnectionRefused => ConnectionFault.Refused,
        Sys.Errno.NetworkUnreachable or Sys.Errno.HostUnreachable or Sys.Errno.NetworkDown or Sys.Errno.HostDown
            or Sys.Errno.AddressNotAvailable or Sys.Errno.NoEntry or Sys.Errno.FamilyNotSupported
            => ConnectionFault.Unreachable,
        Sys.Errno.TimedOut => ConnectionFault.TimedOut,
        Sys.Errno.ConnectionReset or Sys.Errno.BrokenPipe or Sys.Errno.ConnectionAborted => ConnectionFault.Reset,
        Sys.Errno.ProcessFiles or Sys.Errno.SystemFiles or Sys.Errno.NoBuffers or Sys.Errno.NoMemory
            => ConnectionFault.NoDescriptors,
        Sys.Errno.NotPermitted or Sys.Errno.Access => ConnectionFault.Forbidden,
        _ => ConnectionFault.Failed,
    };
}
