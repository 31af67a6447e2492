using System.Globalization;
using Karez.Sys;

namespace Karez.Beds;

/// <summary>
/// Distance between two machines: a third in between, whose only work is to hold every frame for as long as light would
/// take one way. For time, not for speed: frames are of MTU 1500, one thread copies them, and none is lost on purpose.
/// </summary>
public sealed class Distance : IDisposable
{
    private const int EveryProtocol = 3; // ETH_P_ALL: ARP has to pass as well.
    private const int EthernetHeader = 14;
    private const int BatchSize = 64;
    private const int KernelBuffer = 8 << 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20); // After which it looks whether to stop.

    private readonly PacketBatch _received = new(BatchSize);
    private readonly PacketBatch _sending = new(BatchSize);
    private readonly Queue<(long Due, int Interface, byte[] Frame)> _underWay = new();
    private readonly long _oneWay;
    private readonly int _near;
    private readonly int _far;
    private readonly int _socket;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private bool _disposed;

    internal Distance(Machine between, string near, string far, TimeSpan oneWay)
    {
        _oneWay = oneWay.Ticks * 100;
        (_near, _far) = (IndexOf(between, near), IndexOf(between, far));
        _socket = between.Enter(() => PacketSocket.Open(EveryProtocol, KernelBuffer));
        if (_socket < 0)
            throw new BedException($"{between.Namespace}: packet socket: errno {-_socket}");
        _thread = new Thread(Carry) { IsBackground = true, Name = $"distance {between.Name}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _stopping = true;
        _thread.Join();
        Descriptors.Close(_socket);
        _received.Dispose();
        _sending.Dispose();
    }

    private static int IndexOf(Machine machine, string link) => int.Parse(
        machine.Ip("-o", "link", "show", link).Split(':')[0], CultureInfo.InvariantCulture);

    private static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100; // As the kernel's receive times.

    private void Carry()
    {
        while (!_stopping)
        {
            while (_received.Receive(_socket) is var count && count > 0)
            {
                for (var i = 0; i < count; i++)
                {
                    var to = _received.Interface(i) == _near ? _far : _near;
                    _underWay.Enqueue((_received.ReceivedAt(i) + _oneWay, to, _received.Frame(i).ToArray()));
                }
            }

            while (_underWay.TryPeek(out var first) && first.Due <= Now)
            {
                var frame = first.Frame.AsSpan();
                if (!_sending.TryAdd(first.Interface, frame[..EthernetHeader], frame[EthernetHeader..]))
                    break; // Full.
                _underWay.Dequeue();
            }

            if (_sending.Count > 0)
                _sending.Send(_socket);
            var wait = _underWay.TryPeek(out var next) ? new TimeSpan(Math.Max(0, next.Due - Now) / 100) : s_pause;
            PacketSocket.Wait(_socket, wait < s_pause ? wait : s_pause);
        }
    }
}
