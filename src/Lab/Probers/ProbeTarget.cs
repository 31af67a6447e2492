using System.Net;
using System.Net.Sockets;

namespace Karez.Lab.Probers;

/// <summary>A server that is probed.</summary>
/// <param name="EndPoint">Where.</param>
/// <param name="ServerName">The name that hellos carry.</param>
/// <param name="Open">Opens a socket to use, in the prober's namespace.</param>
public sealed record ProbeTarget(IPEndPoint EndPoint, string ServerName, Func<Socket> Open);
