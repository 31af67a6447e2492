using Karez.Tls;

namespace Karez.Net.Tunnel;

/// <summary>A tunnel could not be made or did not last.</summary>
public sealed class TunnelException : IOException
{
    /// <summary>Names the fault, and what TLS said of it.</summary>
    public TunnelException(TunnelFault fault, TlsFault tlsFault = TlsFault.None, Exception? innerException = null)
        : base(tlsFault == TlsFault.None ? fault.ToString() : $"{fault} ({tlsFault})", innerException) =>
        (Fault, TlsFault) = (fault, tlsFault);

    /// <summary>An unnamed fault.</summary>
    public TunnelException()
        : this(TunnelFault.BrokenTls)
    {
    }

    /// <summary>A fault with a message of its own.</summary>
    public TunnelException(string message)
        : base(message) => Fault = TunnelFault.BrokenTls;

    /// <summary>A fault with a message and a cause.</summary>
    public TunnelException(string message, Exception innerException)
        : base(message, innerException) => Fault = TunnelFault.BrokenTls;

    /// <summary>The fault.</summary>
    public TunnelFault Fault { get; }

    /// <summary>What the TLS machine found, if it was TLS.</summary>
    public TlsFault TlsFault { get; }
}
