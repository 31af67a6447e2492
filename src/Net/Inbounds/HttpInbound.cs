using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.HttpProxy;

namespace Karez.Net.Inbounds;

/// <summary>One local program that speaks HTTP to its proxy: CONNECT, or one absolute-form exchange.</summary>
/// <param name="app">The connection; its owner disposes it.</param>
/// <param name="credentials">What the program must show; null lets everyone in.</param>
public sealed class HttpInbound(Connection app, ProxyCredentials? credentials) : LocalRequest
{
    private readonly byte[] _output = new byte[HttpProxyServer.MaxOutput];

    /// <summary>The machine: head and body rules of a forwarded request.</summary>
    public HttpProxyServer Server { get; } = new(credentials);

    /// <inheritdoc/>
    public override Destination Destination => Server.Destination;

    /// <inheritdoc/>
    public override async ValueTask<bool> ReceiveAsync(Memory<byte> buffer, int length)
    {
        while (true)
        {
            var status = Server.Advance(buffer.Span[..length], _output, out var consumed, out var produced);
            if (produced > 0)
                await app.WriteAsync(_output.AsMemory(0, produced));
            switch (status)
            {
                case HttpProxyStatus.NeedDecision:
                    Early = buffer[consumed..length];
                    return true;
                case HttpProxyStatus.Failed:
                    app.ShutdownWrite();
                    return false;
            }

            if (length == buffer.Length)
                return false;
            var count = await app.ReadAsync(buffer[length..]);
            if (count == 0)
                return false;
            length += count;
        }
    }

    /// <inheritdoc/>
    public override ValueTask AcceptAsync(Destination bound)
    {
        var length = Server.Accept(_output);
        return length == 0 ? ValueTask.CompletedTask : app.WriteAsync(_output.AsMemory(0, length));
    }

    /// <inheritdoc/>
    public override async ValueTask RefuseAsync(FlowFailure failure)
    {
        await app.WriteAsync(_output.AsMemory(0, HttpProxyServer.Refuse(failure, _output)));
        app.ShutdownWrite();
    }
}
