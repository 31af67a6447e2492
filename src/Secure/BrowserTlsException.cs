using Karez.Tls;

namespace Karez.Secure;

/// <summary>Why a <see cref="BrowserTlsStream"/> did not come about, or ended.</summary>
public sealed class BrowserTlsException : IOException
{
    internal BrowserTlsException(TlsFault fault, AlertDescription? alert = null)
        : base(Describe(fault, alert))
    {
        Fault = fault;
        PeerAlert = alert;
    }

    /// <summary>What the server did.</summary>
    public TlsFault Fault { get; }

    /// <summary>The alert that the server sent, when the fault is <see cref="TlsFault.ReceivedAlert"/>.</summary>
    public AlertDescription? PeerAlert { get; }

    private static string Describe(TlsFault fault, AlertDescription? alert) => fault switch
    {
        TlsFault.SelectedOldVersion or TlsFault.MarkedDowngrade =>
            "The server answered with TLS 1.2 or older; this stream speaks TLS 1.3 only.",
        TlsFault.ReceivedAlert when alert == AlertDescription.ProtocolVersion =>
            "The server refused TLS 1.3 (alert protocol_version); this stream speaks TLS 1.3 only.",
        TlsFault.ReceivedAlert => $"The server sent the alert {alert}.",
        TlsFault.ClosedDuringHandshake => "The server closed the connection in the middle of TLS.",
        TlsFault.NotTls => "The server does not speak TLS.",
        TlsFault.UntrustedCertificate => "The server's certificate leads to no trusted root.",
        TlsFault.WrongCertificateName => "The server's certificate is for another name.",
        TlsFault.ExpiredCertificate => "The server's certificate has expired or is not valid yet.",
        TlsFault.RefusedCertificate => "The server's certificate was refused.",
        _ => $"The server broke TLS: {fault}.",
    };
}
