using System.Net;

namespace Karez.Lab.Probers;

/// <summary>
/// Who may be probed: loopback, the addresses of the run, and a node that has let its link's holder in. One target for
/// each gate, and no more than one connection a second to anything outside the run.
/// </summary>
public sealed class ProbeGate
{
    private readonly IReadOnlySet<string> _own;
    private readonly TimeSpan _between;
    private IPEndPoint? _target;
    private IPAddress? _letIn;
    private long _last;

    private ProbeGate(IReadOnlySet<string> own, TimeSpan between) => (_own, _between) = (own, between);

    /// <summary>The gate of a run's own world.</summary>
    public static ProbeGate OfWorld(IReadOnlySet<string> addresses) => new(addresses, TimeSpan.Zero);

    /// <summary>The gate of the probe command.</summary>
    public static ProbeGate OfCommand() => new(new HashSet<string>(), TimeSpan.FromSeconds(1));

    /// <summary>A node whose link led through an authenticated handshake may be probed, too.</summary>
    public void LetIn(IPAddress node) => _letIn = node;

    /// <summary>Says which server is to be probed.</summary>
    /// <exception cref="LabException">It may not be, or another one is already.</exception>
    public void Aim(IPEndPoint target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Check(target.Address);
        if (_target is not null && !_target.Equals(target))
            throw new LabException("one target a run", $"{_target} is already being probed");
        _target = target;
    }

    /// <summary>Sees whether a connection may be made now, and waits for its turn.</summary>
    /// <exception cref="LabException">It may not be made.</exception>
    public async Task PassAsync(IPAddress address, CancellationToken cancellationToken)
    {
        Check(address);
        if (_between > TimeSpan.Zero && _last != 0)
        {
            var wait = _between - System.Diagnostics.Stopwatch.GetElapsedTime(_last);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, cancellationToken);
        }

        _last = System.Diagnostics.Stopwatch.GetTimestamp();
    }

    private void Check(IPAddress address)
    {
        if (!IPAddress.IsLoopback(address) && !_own.Contains(address.ToString()) && !address.Equals(_letIn))
        {
            throw new LabException(
                $"{address} is neither this machine's loopback nor of this run, and is not probed",
                "give the node's link: only a node that lets its holder in is probed");
        }
    }
}
