using System.Net.Sockets;
using Karez.Probes.Hello;
using Karez.Probes.Raw;

namespace Karez.Probes.Nodes;

/// <summary>One connection of <see cref="TcpRelay"/>: octets, ends and resets in both directions.</summary>
internal sealed class RelayFlow(Socket client, Socket target, Mutation mutation, Func<ReadOnlyMemory<byte>, bool> opens)
{
    private volatile bool _upEnded;
    private volatile bool _downEnded;

    public async Task RunAsync(Action<bool, ReadOnlyMemory<byte>> tap)
    {
        var up = PumpAsync(client, target, false, tap);
        var down = PumpAsync(target, client, true, tap);
        var both = Task.WhenAll(up, down);
        // reads say nothing of a RST that comes after a FIN: look at the connections' states
        while (await Task.WhenAny(both, Task.Delay(LookEvery)) != both)
        {
            if ((_downEnded && !_upEnded && TcpState.IsClosed(target))
                || (_upEnded && !_downEnded && TcpState.IsClosed(client)))
                ResetBoth();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool fromTarget, Action<bool, ReadOnlyMemory<byte>> tap)
    {
        var buffer = new byte[mutation == Mutation.BufferOneShort ? 1 << 13 : 1 << 16];
        var isFirst = true;
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, SocketFlags.None);
                if (count == 0)
                {
                    End(to, fromTarget);
                    return;
                }

                if (!fromTarget && isFirst && ClosesOn(buffer.AsMemory(0, count)))
                {
                    client.Dispose();
                    target.Dispose();
                    return;
                }

                isFirst = false;
                if (mutation == Mutation.BufferOneShort && count == buffer.Length)
                    count--;
                if (mutation == Mutation.Late && fromTarget)
                    await Task.Delay(30);
                tap(fromTarget, buffer.AsMemory(0, count));
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            ResetBoth();
        }
    }

    private bool ClosesOn(ReadOnlyMemory<byte> first) => mutation switch
    {
        Mutation.ClosesOnBadFirstOctet => first.Span[0] != 22,
        Mutation.ClosesOnBadTag => HelloLayout.LooksLikeHello(first.Span) && !opens(first),
        _ => false,
    };

    private void End(Socket to, bool fromTarget)
    {
        if (fromTarget)
            _downEnded = true;
        else
            _upEnded = true;
        if (mutation == Mutation.KeepsHalfCloseToItself && !fromTarget)
            return;
        try
        {
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // that side is gone already; its own pump says how
        }
    }

    private void ResetBoth()
    {
        if (mutation == Mutation.ResetBecomesEnd)
        {
            client.Dispose();
            target.Dispose();
            return;
        }

        TcpState.Reset(client);
        TcpState.Reset(target);
    }

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
}
