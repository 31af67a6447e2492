namespace Karez.Net.Loops;

/// <summary>Why an address could not be listened on.</summary>
public enum ListenFault
{
    /// <summary>Somebody else listens there.</summary>
    InUse,

    /// <summary>The process may not: a port below 1024, or a folder that is closed to it.</summary>
    NotPermitted,

    /// <summary>This machine has no such address, or the folder of the socket file does not exist.</summary>
    NoSuchAddress,

    /// <summary>Descriptors have run out.</summary>
    NoDescriptors,

    /// <summary>Any other error number.</summary>
    Failed,
}
