using System.Net;
using System.Net.Sockets;
using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Wire;

namespace Karez.Net.Outbounds;

/// <summary>
/// The exit for the datagrams of one session: finds out where each goes, asks the policy, sends. For the loop's
/// thread; nothing here waits, and what cannot be sent is dropped.
/// </summary>
public sealed class DirectDatagrams(EventLoop loop, DirectOutbound exit)
{
    private readonly Dictionary<Destination, Route> _routes = [];
    private readonly Dictionary<Destination, List<Waiting>> _lookingUp = [];
    private int _waiting;

    /// <summary>Datagrams not sent: forbidden, no such name, too many waiting for names.</summary>
    public long Dropped { get; private set; }

    /// <summary>Sends a datagram, at once unless its destination's name has to be looked up.</summary>
    public void Send(DatagramConnection socket, in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (TryFind(destination, out var endPoint))
            SendTo(socket, endPoint, payload);
        else if (!destination.IsName || _waiting >= MaxWaiting)
            Dropped++;
        else
            WaitForName(socket, destination, payload.ToArray());
    }

    /// <summary>Whether an answer from there may be passed on.</summary>
    public bool MayComeFrom(IPEndPoint source) => exit.Judge(source) == ExitVerdict.Allowed;

    /// <summary>
    /// The end point to use of several. UDP cannot try both families; a node without IPv6 is more likely than one
    /// without IPv4.
    /// </summary>
    public static IPEndPoint Prefer(IReadOnlyList<IPEndPoint> endPoints) =>
        endPoints.FirstOrDefault(e => e.AddressFamily == AddressFamily.InterNetwork) ?? endPoints[0];

    /// <summary>Where a destination is, if that is known at this moment.</summary>
    private bool TryFind(in Destination destination, out IPEndPoint endPoint)
    {
        if (_routes.TryGetValue(destination, out var route) && loop.Now < route.Until)
        {
            endPoint = route.EndPoint;
            return true;
        }

        endPoint = null!;
        if (destination.ToAddress() is not { } address)
            return false;
        endPoint = Remember(destination, new IPEndPoint(address, destination.Port), Instant.Never);
        return true;
    }

    private void SendTo(DatagramConnection socket, IPEndPoint endPoint, ReadOnlySpan<byte> payload)
    {
        if (exit.Judge(endPoint) == ExitVerdict.Allowed)
            socket.SendTo(payload, endPoint);
        else
            Dropped++;
    }

    private void WaitForName(DatagramConnection socket, in Destination destination, byte[] payload)
    {
        _waiting++;
        if (_lookingUp.TryGetValue(destination, out var others))
        {
            others.Add(new Waiting(socket, payload));
            return;
        }

        _lookingUp[destination] = [new Waiting(socket, payload)];
        loop.Start(LookUpAsync, destination);
    }

    private async ValueTask LookUpAsync(Destination destination)
    {
        var (outcome, endPoints) = await exit.ResolveAsync(destination);
        if (!_lookingUp.Remove(destination, out var datagrams))
            return;
        _waiting -= datagrams.Count;
        if (outcome != DialOutcome.Connected)
        {
            Dropped += datagrams.Count;
            return;
        }

        var endPoint = Remember(destination, Prefer(endPoints), loop.Now + s_namesKept);
        foreach (var (socket, payload) in datagrams)
            SendTo(socket, endPoint, payload);
    }

    private IPEndPoint Remember(in Destination destination, IPEndPoint endPoint, Instant until)
    {
        if (_routes.Count >= MaxRoutes)
            _routes.Clear();
        _routes[destination] = new Route(endPoint, until);
        return endPoint;
    }

    private readonly record struct Route(IPEndPoint EndPoint, Instant Until);

    private readonly record struct Waiting(DatagramConnection Socket, byte[] Payload);

    private static readonly TimeSpan s_namesKept = TimeSpan.FromSeconds(30);
    private const int MaxRoutes = 64;
    private const int MaxWaiting = 16;
}
