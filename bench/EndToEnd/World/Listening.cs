using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Beds;

namespace Karez.EndToEnd.World;

/// <summary>Waits until somebody listens.</summary>
internal static class Listening
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Gives the time it took, to about 0.2 ms.</summary>
    public static async Task<TimeSpan> WaitAsync(
        Machine machine, string address, int port, CancellationToken cancellationToken, Func<string>? said = null)
    {
        var watch = Stopwatch.StartNew();
        var endpoint = new IPEndPoint(IPAddress.Parse(address), port);
        while (!machine.Enter(() => Answers(endpoint)))
        {
            if (watch.Elapsed > s_patience)
                throw new BenchException($"nobody listens on {endpoint}{(said is null ? "" : ": " + said())}");
            if (watch.Elapsed > TimeSpan.FromMilliseconds(200))
                await Task.Delay(2, cancellationToken);
        }

        return watch.Elapsed;
    }

    private static bool Answers(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
