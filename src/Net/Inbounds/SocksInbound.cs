using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Socks5;

namespace Karez.Net.Inbounds;

/// <summary>One local program that speaks SOCKS5, up to the answer to its request.</summary>
/// <param name="app">The connection; its owner disposes it.</param>
/// <param name="credentials">What the program must show; null lets everyone in.</param>
public sealed class SocksInbound(Connection app, ProxyCredentials? credentials)
{
    private readonly Socks5Server _server = new(credentials);

    /// <summary>What is asked for, once <see cref="ReceiveAsync"/> said true.</summary>
    public Socks5Command Command => _server.Command;

    /// <summary>Where to.</summary>
    public Destination Destination => _server.Destination;

    /// <summary>Octets that came behind the request: the flow's first payload.</summary>
    public ReadOnlyMemory<byte> Early { get; private set; }

    /// <summary>Reads up to the request.</summary>
    /// <param name="buffer">At least 1 KiB; holds what was read so far.</param>
    /// <param name="length">Octets in the buffer already.</param>
    /// <returns>False when there is no request to answer; what was to be said has been said.</returns>
    public async ValueTask<bool> ReceiveAsync(Memory<byte> buffer, int length)
    {
        var output = new byte[Socks5Server.MaxOutput];
        while (true)
        {
            var status = _server.Advance(buffer.Span[..length], output, out var consumed, out var produced);
            buffer.Span[consumed..length].CopyTo(buffer.Span);
            length -= consumed;
            if (produced > 0)
                await app.WriteAsync(output.AsMemory(0, produced));
            switch (status)
            {
                case Socks5Status.NeedDecision:
                    Early = buffer[..length];
                    return true;
                case Socks5Status.Failed:
                    app.ShutdownWrite();
                    return false;
            }

            var count = await app.ReadAsync(buffer[length..]);
            if (count == 0)
                return false;
            length += count;
        }
    }

    /// <summary>Says that the flow begins.</summary>
    /// <param name="bound">For UDP ASSOCIATE where to send datagrams; otherwise none.</param>
    public ValueTask AcceptAsync(Destination bound)
    {
        var output = new byte[Socks5Server.MaxOutput];
        return app.WriteAsync(output.AsMemory(0, _server.Accept(bound, output)));
    }

    /// <summary>Says why it does not.</summary>
    public async ValueTask RefuseAsync(FlowFailure failure)
    {
        var output = new byte[Socks5Server.MaxOutput];
        await app.WriteAsync(output.AsMemory(0, _server.Refuse(failure, output)));
        app.ShutdownWrite();
    }
}
