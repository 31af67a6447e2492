using System.Net;
using System.Net.Sockets;

namespace Karez.Net.Loops;

/// <summary>Names Unix sockets for callers that open none themselves.</summary>
public static class LocalSocket
{
    /// <summary>The end point of a Unix socket.</summary>
    /// <param name="path">Its file, at most 107 octets.</param>
    public static EndPoint At(string path) => new UnixDomainSocketEndPoint(path);
}
