using System.Net;
using Karez.Net.Resolve;

namespace Karez.Client.Device;

/// <summary>
/// Where the node is. A name is asked for once, before anything is changed on this machine and with the resolver that
/// it has; afterwards only through the channel. The last address is kept in a file, for when nobody can be asked.
/// </summary>
internal sealed class NodeAddresses(string path)
{
    private readonly RememberedTexts _texts = new(path);

    /// <summary>Finds a node's address; null when it has none and none is remembered.</summary>
    public async Task<IPAddress?> FindAsync(string host, Resolver resolver)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        var answer = await resolver.ResolveAsync(host);
        if (answer.Addresses is not [var found, ..])
            return Remembered(host);
        Remember(host, found);
        return found;
    }

    /// <summary>The address that a name had last; null when none is known.</summary>
    public IPAddress? Remembered(string host) =>
        _texts.Read().TryGetValue(host, out var text) && IPAddress.TryParse(text, out var address) ? address : null;

    /// <summary>Keeps an address; a disk that is full costs only the memory.</summary>
    public void Remember(string host, IPAddress address)
    {
        var known = _texts.Read();
        known[host] = address.ToString();
        _texts.Write(known);
    }
}
