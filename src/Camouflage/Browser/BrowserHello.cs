using System.Buffers;
using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Camouflage.Browser;

/// <summary>Makes ClientHellos as a browser writes them (docs/protocols/browser.md).</summary>
public static class BrowserHello
{
    private const int MaxHello = 1 << 14;

    /// <summary>Makes a hello for a first visit.</summary>
    /// <param name="profile">The browser.</param>
    /// <param name="serverName">The name for server_name; empty or an IP literal leaves it out.</param>
    /// <param name="entropy">For everything that is random.</param>
    public static ClientOffer Build(BrowserProfile profile, string serverName, IEntropy entropy) =>
        Build(profile, new HelloRequest { ServerName = serverName }, entropy);

    /// <summary>Makes a hello.</summary>
    /// <param name="profile">The browser.</param>
    /// <param name="request">What the hello is for.</param>
    /// <param name="entropy">For everything that is random; the order of draws is part of the contract.</param>
    /// <returns>The message with its 4-octet header, session id at [39..71), and the private halves.</returns>
    public static ClientOffer Build(BrowserProfile profile, HelloRequest request, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(entropy);
        var assembler = new HelloAssembler(profile, request, entropy);
        var block = ArrayPool<byte>.Shared.Rent(MaxHello);
        try
        {
            var writer = new WireWriter(block.AsSpan(0, MaxHello));
            assembler.Write(ref writer);
            if (writer.Overflowed)
                throw new ArgumentException("The ticket leaves no room for the hello in one record.", nameof(request));
            return new ClientOffer
            {
                Hello = block.AsSpan(0, writer.Written).ToArray(),
                KeyShares = assembler.KeyShares,
                Ticket = request.Ticket,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
