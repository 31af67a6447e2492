using System.Runtime;
using Karez.Beds;
using Karez.Lab.Running;
using Karez.Lab.Worlds;
using Karez.Sys;

namespace Karez.Lab.Router;

/// <summary>
/// The router's shell: one thread that reads every frame of its namespace, gives it to the core with the time at which
/// the kernel got it, and sends what is due, or will be within the grain. In between it sleeps: one of its priority
/// that spun all the time would be stopped by the kernel for 50 ms of every second, for the sake of ordinary threads.
/// </summary>
public sealed class RouterThread : IRouterOutput, IDisposable
{
    internal const int EthernetHeader = 14;
    private const int BatchSize = 64;
    private const int KernelBuffer = 16 << 20;
    private const long Garbage = 4L << 30; // Octets of address space, of which what is written to becomes memory.
    private const long LittleGarbage = 200 << 20; // Where a machine has no room for that.
    private const int Priority = 20; // Above every ordinary thread; below what the kernel's own threads have.

    // What is due so soon leaves at once; counted as an error like lateness. Our choice: what waking takes here.
    private static readonly TimeSpan s_grain = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(20);

    private readonly RouterCore _core;
    private readonly PacketBatch _received = new(BatchSize);
    private readonly PacketBatch _sending = new(BatchSize);
    private readonly TimeSpan[] _due = new TimeSpan[BatchSize];
    private readonly LatencyTally _errors = new();
    private readonly int _socket;
    private readonly int _collections;
    private readonly Thread _thread;
    private readonly RunClock _clock;
    private readonly OwnProcessor? _processor;
    private volatile bool _stopping;
    private bool _disposed;
    private long _notSent;
    private long _kernelDrops;
    private long _cut;
    private Exception? _wrong;

    private RouterThread(Machine machine, RouterCore core, RunClock clock, OwnProcessor? processor)
    {
        (_core, _clock, _processor) = (core, clock, processor);
        _socket = machine.Enter(() => PacketSocket.Open(PacketSocket.IPv4, KernelBuffer));
        if (_socket < 0)
            throw new LabException($"the router's socket: errno {-_socket}", "it needs root (CAP_NET_RAW)");
        Compiled.Ahead();
        KeepGarbage();
        _collections = GC.CollectionCount(0);
        _thread = new Thread(Run) { IsBackground = true, Name = "router" };
        _thread.Start();
    }

    /// <summary>Sees that the world is closed, opens the socket in the router's namespace, and begins.</summary>
    /// <param name="world">Every machine of the run.</param>
    /// <param name="machine">The one in which all links end.</param>
    /// <param name="core">What decides.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="processor">What it runs on; null for any.</param>
    /// <exception cref="LabException">The world leads somewhere: see <see cref="Boundary"/>.</exception>
    public static RouterThread Start(
        IReadOnlyList<Machine> world, Machine machine, RouterCore core, RunClock clock, OwnProcessor? processor = null)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(machine);
        if (!world.Contains(machine))
            throw new LabException("the router's machine is not of this world", "this is a fault of the lab");
        Boundary.Check(world);
        return new RouterThread(machine, core, clock, processor);
    }

    /// <summary>Whether it has the priority that it asked for.</summary>
    public bool IsPunctual { get; private set; }

    /// <summary>Ends the thread, and says how exact it was.</summary>
    /// <exception cref="LabException">The thread ended by an error.</exception>
    public RouterEntry Stop()
    {
        _stopping = true;
        _thread.Join();
        if (_wrong is not null)
            throw new LabException($"the router ended: {_wrong.Message}", "this is a fault of the lab");
        var p99 = _errors.Quantile(0.99);
        var dropped = _kernelDrops + _notSent + _cut + _core.Counts.NoRoom;
        return new RouterEntry(
            _core.Counts.Forwarded, _errors.Quantile(0.5), p99, dropped, GC.CollectionCount(0) - _collections,
            p99 <= RouterEntry.Limit);
    }

    /// <inheritdoc/>
    void IRouterOutput.Send(Attachment machine, ReadOnlySpan<byte> packet, TimeSpan due)
    {
        if (_sending.Count == _sending.Capacity)
            Flush();
        if (_sending.TryAdd(machine.Interface, machine.Header.Span, packet))
            _due[_sending.Count - 1] = due;
        else
            _cut++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _stopping = true;
        _thread.Join();
        CollectAgain();
        _received.Dispose();
        _sending.Dispose();
        Descriptors.Close(_socket);
    }

    private void Run()
    {
        try
        {
            if (_processor is not null)
                _ = Processors.Keep(0, [_processor.Number]);
            IsPunctual = Punctual.Ask(Priority) == 0;
            while (!_stopping)
            {
                while (Receive() == BatchSize)
                {
                }

                _core.RunDue(_clock.Now + s_grain, this);
                if (_sending.Count > 0)
                    Flush();
                var wait = (_core.NextDue is { } due ? due - _clock.Now : s_longest) - s_grain;
                if (wait > TimeSpan.Zero)
                    PacketSocket.Wait(_socket, wait < s_longest ? wait : s_longest);
            }

            _kernelDrops += Math.Max(0, PacketSocket.TakeDrops(_socket));
        }
        catch (Exception exception)
        {
            _wrong = exception; // Told by Stop; without the thread the run ends anyway.
        }
    }

    /// <summary>
    /// A collection stops the router's thread until every other thread has stopped, too, and on a busy machine that
    /// takes hundreds of milliseconds: there is none until so much was allocated.
    /// </summary>
    private static void KeepGarbage()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            return;
        try
        {
            if (GC.TryStartNoGCRegion(Garbage))
                return;
        }
        catch (ArgumentOutOfRangeException)
        {
            // More than this machine's heap can have.
        }

        _ = GC.TryStartNoGCRegion(LittleGarbage);
    }

    private static void CollectAgain()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            GC.EndNoGCRegion();
    }

    private int Receive()
    {
        var count = _received.Receive(_socket);
        if (count <= 0)
            return 0;
        var now = _clock.Now;
        var wall = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks;
        for (var i = 0; i < count; i++)
        {
            if (_received.IsCut(i))
            {
                _cut++;
                continue;
            }

            var frame = _received.Frame(i);
            var age = Math.Clamp(wall - (_received.ReceivedAt(i) / 100), 0, TimeSpan.TicksPerSecond);
            if (frame.Length > EthernetHeader)
                _core.Offer(_received.Interface(i), frame[EthernetHeader..], now - new TimeSpan(age));
        }

        return count;
    }

    private void Flush()
    {
        var count = _sending.Count;
        _notSent += count - _sending.Send(_socket);
        var now = _clock.Now;
        for (var i = 0; i < count; i++)
            _errors.Add((now - _due[i]).Duration());
    }
}
