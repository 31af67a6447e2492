namespace Karez.Proxy.Vless;

/// <summary>A VLESS request header.</summary>
/// <param name="User">The user's id as sent, octets 6 and 7 included.</param>
/// <param name="Flow">The flow asked for.</param>
/// <param name="Command">What follows.</param>
/// <param name="Destination">Where to; none for <see cref="VlessCommand.Mux"/>.</param>
public readonly record struct VlessRequest(Guid User, VlessFlow Flow, VlessCommand Command, Destination Destination)
{
    /// <summary>What the client wants to hear of the dial; only nodes that tell so are asked.</summary>
    public VlessAsk Ask { get; init; }

    /// <summary>
    /// Of <see cref="VlessCommand.Mux"/>: the client offers windows and half-closes for TCP (docs/protocols/mux.md).
    /// </summary>
    public bool Shares { get; init; }
}
