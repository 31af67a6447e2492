namespace Karez.Lab.Worlds;

/// <summary>A machine of a world that is no subscriber's.</summary>
/// <param name="Name">Its name: at most twelve letters and digits.</param>
/// <param name="Addresses">Its addresses; it sends from the last.</param>
/// <param name="Kind">As in <see cref="Running.PrefixEntry.Kind"/>.</param>
/// <param name="Distance">As in <see cref="Router.LinkProfiles.Distance"/>.</param>
public sealed record PlannedHost(string Name, IReadOnlyList<string> Addresses, string Kind, string Distance)
{
    /// <summary>Whether it is abroad.</summary>
    public bool Foreign => Distance != "home";
}
