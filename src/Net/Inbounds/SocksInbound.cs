using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Socks5;

namespace Karez.Net.Inbounds;

/// <summary>One local program that speaks SOCKS5.</summary>
/// <param name="app">The connection; its owner disposes it.</param>
/// <param name="credentials">What the program must show; null lets everyone in.</param>
public sealed class SocksInbound(Connection app, ProxyCredentials? credentials) : LocalRequest
{
    private readonly Socks5Server _server = new(credentials);
    private readonly byte[] _output = new byte[Socks5Server.MaxOutput];

    /// <summary>What is asked for.</summary>
    public Socks5Command Command => _server.Command;

    /// <inheritdoc/>
    public override Destination Destination => _server.Destination;

    /// <inheritdoc/>
    public override async ValueTask<bool> ReceiveAsync(Memory<byte> buffer, int length)
    {
        while (true)
        {
            var status = _server.Advance(buffer.Span[..length], _output, out var consumed, out var produced);
            buffer.Span[consumed..length].CopyTo(buffer.Span);
            length -= consumed;
            if (produced > 0)
                await app.WriteAsync(_output.AsMemory(0, produced));
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

    /// <inheritdoc/>
    public override ValueTask AcceptAsync(Destination bound) =>
        app.WriteAsync(_output.AsMemory(0, _server.Accept(bound, _output)));

    /// <inheritdoc/>
    public override async ValueTask RefuseAsync(FlowFailure failure)
    {
        await app.WriteAsync(_output.AsMemory(0, _server.Refuse(failure, _output)));
        app.ShutdownWrite();
    }
}
