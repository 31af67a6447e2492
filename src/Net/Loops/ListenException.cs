using System.Net;

namespace Karez.Net.Loops;

/// <summary>An address could not be listened on.</summary>
public sealed class ListenException : IOException
{
    /// <summary>Makes the exception.</summary>
    public ListenException(EndPoint? endPoint, ListenFault fault, int errno)
        : base($"Cannot listen on {endPoint}: {fault} (errno {errno})")
    {
        EndPoint = endPoint;
        Fault = fault;
        Errno = errno;
    }

    /// <summary>Makes the exception for no particular reason.</summary>
    public ListenException() => Fault = ListenFault.Failed;

    /// <summary>Makes the exception with a text of its own.</summary>
    public ListenException(string message) : base(message) => Fault = ListenFault.Failed;

    /// <summary>Makes the exception with a text and a cause.</summary>
    public ListenException(string message, Exception innerException) : base(message, innerException) =>
        Fault = ListenFault.Failed;

    /// <summary>The address.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>What happened.</summary>
    public ListenFault Fault { get; }

    /// <summary>The kernel's error number.</summary>
    public int Errno { get; }

    internal static ListenFault FaultOf(int errno) => errno switch
    {
        Sys.Errno.AddressInUse => ListenFault.InUse,
        Sys.Errno.Access or Sys.Errno.NotPermitted => ListenFault.NotPermitted,
        Sys.Errno.AddressNotAvailable or Sys.Errno.FamilyNotSupported or Sys.Errno.NoEntry
            => ListenFault.NoSuchAddress,
        Sys.Errno.ProcessFiles or Sys.Errno.SystemFiles => ListenFault.NoDescriptors,
        _ => ListenFault.Failed,
    };
}
