namespace Karez.Lab.Router;

/// <summary>
/// The links of the catalogue. All numbers are assumptions in the range that the catalogue names (one way; 4G 45 ms
/// round trip with 20 ms of jitter, distances 60 to 180 ms round trip, loss 0.1 to 2 %, 10 to 50 Mbit/s down).
/// </summary>
public static class LinkProfiles
{
    /// <summary>Access links by name: upwards and downwards.</summary>
    public static IReadOnlyDictionary<string, (LinkProfile Up, LinkProfile Down)> Access { get; } =
        new Dictionary<string, (LinkProfile, LinkProfile)>(StringComparer.Ordinal)
        {
            ["4g"] = (new(22, 5, 0.002, 0, 10, 300), new(22, 5, 0.002, 0, 50, 300)),
            ["5g"] = (new(8, 2, 0.001, 0, 30, 200), new(8, 2, 0.001, 0, 150, 200)),
            ["wifi"] = (new(4, 1.5, 0.001, 0, 20, 150), new(4, 1.5, 0.001, 0, 100, 150)),
            ["plain"] = (LinkProfile.None, LinkProfile.None),
        };

    /// <summary>From the border, or within the country, to where a machine is, either way.</summary>
    public static IReadOnlyDictionary<string, LinkProfile> Distance { get; } =
        new Dictionary<string, LinkProfile>(StringComparer.Ordinal)
        {
            ["home"] = new(5, 0.2),
            ["hk"] = new(20, 0.5, 0.001, 0.001),
            ["jp"] = new(35, 0.5, 0.001, 0.001),
            ["us"] = new(80, 1, 0.003, 0.001),
            ["eu"] = new(95, 1, 0.003, 0.001),
            ["near"] = LinkProfile.None,
        };
}
