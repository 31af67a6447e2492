using System.Net;
using Karez.Client.Gateway;
using Karez.Client.Rules;
using Karez.Guard;
using Karez.Guard.Switch;
using Karez.Guard.Watch;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Secure;
using Karez.Tun;

namespace Karez.Client.Device;

/// <content>What goes on while it runs.</content>
public sealed partial class DeviceClient
{
    // Our limit on quarrels with another program about the interface.
    private const int MostReopenings = 10;
    private static readonly TimeSpan Quarrel = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CareInterval = TimeSpan.FromSeconds(5);

    private void Begin(TunDevice device, TunOptions options)
    {
        _proxy.TunnelFailed += exception =>
        {
            // What this machine lacks says nothing of the way to the node.
            if (exception is { InnerException: ConnectionException { Fault: ConnectionFault.NoDescriptors } })
                return;
            Tell(SwitchEvent.Lost, exception);
            _health?.Look(moved: false);
        };
        _proxy.NodeMissed += (link, exception) =>
        {
            Volatile.Write(ref _trouble, Tuple.Create(link, exception));
            // What a move ended was ended by us.
            if (exception is not { InnerException: ConnectionException { Fault: ConnectionFault.Aborted } })
                NodeMissed?.Invoke(link, exception);
        };
        _proxy.NodeSilent += link =>
        {
            // Else it is looked for already. Where there are others, they are tried before anything is said.
            if (!_isConnected || _proxy.Nodes.Status.Count > 1)
                return;
            var silence = new ConnectionException(ConnectionFault.TimedOut);
            var trouble = new TunnelException(TunnelFault.NodeUnreachable, innerException: silence);
            Volatile.Write(ref _trouble, Tuple.Create(link, trouble));
            Tell(SwitchEvent.Lost, trouble);
            _health?.Look(moved: false);
        };
        _proxy.Noted += text => Noted?.Invoke(text);
        _proxy.NodeChanged += link => NodeChanged?.Invoke(link);
        _proxy.SiteFailed += fault => SiteFailed?.Invoke(fault);
        _directResolvers = options.DirectResolvers;
        _addresses.AskInClear = AskInClearAsync;
        _guard.ResolversChanged += RenewResolvers;
        _socket = DeviceSocket.Serve(this, _plan.Socket);
        _watch = NetworkWatch.Start(_plan.Name, OnMoved);
        _tables = _plan.HasSwitch ? TableWatch.TryStart(RenewTable) : null;
        if (_plan.Gateway is { } gateway)
        {
            _programs = new GatewayPrograms(_guard, text => Noted?.Invoke(text));
            _programs.Start(gateway, _plan.Folder, options.IPv4.Peer);
        }

        _health = new ChannelHealth(ProbeAsync, Tell, _time, _proxy.Plan.Endpoints.IsMetered);
        _carrying = Task.Run(() => CarryAsync(device, options));
        _caring = Task.WhenAll(Task.Run(CareAsync), Task.Run(RefreshAsync));
    }

    /// <summary>Ends what <see cref="Begin"/> began, as far as it came.</summary>
    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        _watch?.Dispose();
        _tables?.Dispose();
        if (_health is not null)
            await _health.DisposeAsync();
        if (_programs is not null)
            await _programs.DisposeAsync();
        await _carrying; // ends the device, when the stop is asked for
        await _caring;
        await _proxy.DisposeAsync();
        await _reporting;
    }

    /// <summary>Carries what comes out of the device; opens it again when another program removed it.</summary>
    private async Task CarryAsync(TunDevice device, TunOptions options)
    {
        var (began, reopenings) = (_time.GetTimestamp(), 0);
        while (true)
        {
            using (device)
                await ServeAsync(device, options);
            if (_stop.IsCancellationRequested)
                return;
            if (_time.GetElapsedTime(began) > Quarrel)
                (began, reopenings) = (_time.GetTimestamp(), 0);
            while (true)
            {
                if (++reopenings > MostReopenings)
                    await DelayAsync(Quarrel);
                if (_stop.IsCancellationRequested)
                    return;
                if (TryReopen() is { } opened)
                {
                    device = opened;
                    break;
                }

                await DelayAsync(TimeSpan.FromSeconds(1));
            }

            Noted?.Invoke($"another program removed {_plan.Name}; it is there again");
        }
    }

    /// <summary>Carries until the device is gone or the stop is asked for.</summary>
    private async Task ServeAsync(TunDevice device, TunOptions options)
    {
        try
        {
            await using var tun = _proxy.StartTun(device, options, new RuleRouter(_proxy.Plan.Rules));
            tun.Shortage += NoteShortage;
            Volatile.Write(ref _tun, tun);
            tun.AskDirect(Volatile.Read(ref _directResolvers)); // the options' own may be of another network
            await Task.WhenAny(tun.Ended, Task.Delay(Timeout.Infinite, _stop.Token));
        }
        catch (Exception e) when (e is TunException or ConnectionException)
        {
            // Gone again before it carried anything, or no descriptors are left.
            Noted?.Invoke($"{_plan.Name} carries nothing, traffic is held back: {e.Message}");
            await DelayAsync(TimeSpan.FromSeconds(1));
        }
    }

    private void NoteShortage(ListenerEvent what)
    {
        var isShort = what != ListenerEvent.Recovered;
        if (Interlocked.Exchange(ref _shortage, isShort ? 1 : 0) == (isShort ? 1 : 0))
            return; // The other family has said so.
        Noted?.Invoke(ShortageText.Of(what));
    }

    private TunDevice? TryReopen()
    {
        TunDevice? device = null;
        try
        {
            device = TunDevice.Open(_plan.Name);
            _guard.Reattach();
            return device;
        }
        catch (Exception e) when (e is TunException or GuardException)
        {
            device?.Dispose();
            Noted?.Invoke($"{_plan.Name} is gone and cannot be made again, traffic is held back: {e.Message}");
            return null;
        }
    }

    /// <summary>Looks from time to time whether the table is still there, should the watch have missed it.</summary>
    private async Task CareAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await DelayAsync(CareInterval);
            RenewTable();
            RenewResolvers(); // systemd-resolved's file is not watched
        }
    }

    /// <summary>A firewall that is loaded anew removes the table with all others.</summary>
    private void RenewTable()
    {
        try
        {
            if (_guard.Renew())
                Noted?.Invoke("another program removed the kill switch's table; it is there again");
        }
        catch (GuardException e)
        {
            Noted?.Invoke($"the kill switch's table cannot be made again: {e.Message}");
        }
    }

    /// <summary>Who is asked for direct names is often written only some time after a move.</summary>
    private void RenewResolvers()
    {
        var resolvers = DirectResolversOf(_plan);
        if (resolvers.SequenceEqual(Volatile.Read(ref _directResolvers)))
            return;
        AskDirect(resolvers);
    }

    private void AskDirect(IReadOnlyList<IPEndPoint> resolvers)
    {
        Volatile.Write(ref _directResolvers, resolvers);
        Volatile.Read(ref _tun)?.AskDirect(resolvers);
    }

    private void OnMoved(NetworkMove move)
    {
        Interlocked.Increment(ref _moves);
        foreach (var loop in _proxy.Loops.Loops)
            loop.AbortWhere((local, _) => move.IsDead(local.Address));
        Volatile.Read(ref _tun)?.AbortWhere((local, _) => move.IsDead(local.Address));
        AskDirect(DirectResolversOf(_plan)); // another network has other answers, the same resolvers too
        _proxy.Nodes.Recall();
        Tell(SwitchEvent.Moved, null);
        Noted?.Invoke(move.HasWay ? "the network changed" : "there is no network");
        _health?.Look(moved: true);
    }

    private Task ProbeAsync()
    {
        var loop = _proxy.Loops.Next();
        return loop.RunAsync(() => _proxy.Nodes.LookAsync(loop));
    }

    private void Tell(SwitchEvent what, TunnelException? exception)
    {
        if (what == SwitchEvent.Answered)
            Volatile.Write(ref _trouble, null);
        // In order, and beside the loops: the guard may be waiting for the kernel or for resolved.
        lock (_telling)
            _reporting = _reporting.ContinueWith(_ => _guard.Report(what), TaskScheduler.Default);
    }

    private Task RefreshAsync() =>
        _proxy.Names.RunAsync(() => _guard.State == SwitchState.Connected, _stop.Token);

    /// <summary>
    /// Asks for a node's name in clear, past the device: whoever is asked for names that go direct. Only where no
    /// connection to the address that is remembered comes about.
    /// </summary>
    private async Task<IPAddress?> AskInClearAsync(string host)
    {
        var loop = _proxy.Loops.Next();
        try
        {
            return await loop.RunAsync(() => ClearLookup.AskAsync(
                loop, host, Volatile.Read(ref _directResolvers), SwitchPlan.Mark, SystemEntropy.Instance));
        }
        catch (ObjectDisposedException)
        {
            return null; // stopping
        }
    }

    private async Task DelayAsync(TimeSpan span)
    {
        try
        {
            await Task.Delay(span, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
