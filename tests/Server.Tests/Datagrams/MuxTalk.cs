using System.Net;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Server.Tests.Datagrams;

/// <summary>The client's side of a Mux.Cool stream, collecting what comes.</summary>
internal sealed class MuxTalk(RawStream stream)
{
    private readonly MuxClient _machine = new();
    private readonly Dictionary<ushort, MemoryStream> _data = [];

    /// <summary>What came, by session.</summary>
    public IReadOnlyDictionary<ushort, byte[]> Data => _data.ToDictionary(d => d.Key, d => d.Value.ToArray());

    /// <summary>Sessions that the node closed, and whether with an error.</summary>
    public Dictionary<ushort, bool> Closed { get; } = [];

    public async Task<ushort> OpenAsync(MuxNetwork network, IPEndPoint to, byte[] payload)
    {
        Assert.True(Destination.TryFromAddress(to.Address, to.Port, out var destination));
        Assert.True(_machine.TryOpen(network, destination, 0, out var session));
        var frame = new byte[MuxWire.MaxHeader + payload.Length];
        var header = _machine.WriteData(session, default, payload.Length, frame);
        payload.CopyTo(frame, header);
        await stream.SendAsync(frame.AsMemory(0, header + payload.Length));
        return session;
    }

    public async Task ReceiveUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            var octets = await stream.ReceiveAsync();
            Assert.NotEmpty(octets);
            Take(octets);
        }
    }

    private void Take(ReadOnlySpan<byte> octets)
    {
        Span<byte> output = stackalloc byte[MuxClient.MaxOutput];
        while (_machine.Feed(octets, output, out var consumed, out _, out var happened, out var data)
            == ParseStatus.Done)
        {
            if (happened.Kind == MuxEventKind.Close)
                Closed[happened.Session] = happened.WithError;
            if (happened.Kind == MuxEventKind.Data)
            {
                if (!_data.TryGetValue(happened.Session, out var collected))
                    _data[happened.Session] = collected = new MemoryStream();
                collected.Write(data);
            }

            octets = octets[consumed..];
        }
    }
}
