namespace Karez.Lab.Router;

/// <summary>
/// Something in the way: sees every packet at its place, in the order of the scenario, and says what becomes of it.
/// Called on the router's thread only: it must neither block nor wait, and should not allocate for each packet.
/// </summary>
public interface ICensor
{
    /// <summary>Its name in scenarios and reports.</summary>
    string Name { get; }

    /// <summary>Where it sits.</summary>
    Place Place { get; }

    /// <summary>Judges a packet.</summary>
    /// <param name="passing">The packet; not to be kept.</param>
    /// <param name="injector">Sends forged packets from this place.</param>
    Verdict Judge(in Passing passing, IInjector injector);
}
