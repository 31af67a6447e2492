namespace Karez.Lab.Router;

/// <summary>Sends forged packets into the run's own world, from a censor's place.</summary>
public interface IInjector
{
    /// <summary>Sends a packet.</summary>
    /// <param name="packet">A whole IP packet with its checksums; it is copied.</param>
    /// <param name="heading">Towards which side; from the place on it takes the way of any packet.</param>
    /// <param name="delay">How long after the packet that is being judged; not negative.</param>
    void Inject(ReadOnlySpan<byte> packet, Heading heading, TimeSpan delay);

    /// <summary>Random octets of this censor's own stream: the same seed gives the same decisions.</summary>
    Random Random { get; }
}
