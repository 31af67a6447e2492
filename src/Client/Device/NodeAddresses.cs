using System.Net;
using Karez.Net.Resolve;

namespace Karez.Client.Device;

/// <summary>
/// Where nodes are whose links have a name. The address at which one answered last is kept in a file and comes first;
/// the name is asked for in clear only when there is none, or no connection to it comes about. For any thread.
/// </summary>
/// <param name="path">The file; null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeAddresses(string? path, TimeProvider time)
{
    /// <summary>
    /// From an answer in clear to the next question (our choice): a node that is blocked is away for long.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>From a question that nobody answered to the next (our choice): the network may not be up yet.</summary>
    public static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RememberedTexts _texts = new(path);
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.Ordinal);

    /// <summary>Asks for a name in clear; null is no answer. Must not throw.</summary>
    public Func<string, Task<IPAddress?>> AskInClear { get; set; } = static _ => Task.FromResult<IPAddress?>(null);

    /// <summary>Asks this machine's resolver.</summary>
    public static Func<string, Task<IPAddress?>> By(Resolver resolver) =>
        async host => (await resolver.ResolveAsync(host)).Addresses is [var first, ..] ? first : null;

    /// <summary>The address that a name had last; null when none is known.</summary>
    public IPAddress? Remembered(string host)
    {
        lock (_lock)
            return Of(host).Known.FirstOrDefault();
    }

    /// <summary>Finds a node, without a question where it is known; null when nobody knows.</summary>
    public async ValueTask<IPAddress?> FindAsync(string host) =>
        IPAddress.TryParse(host, out var address) ? address : Remembered(host) ?? await FindNextAsync(host, []);

    /// <summary>
    /// No connection to these addresses came about: finds another one, by a question in clear if none is known, and if
    /// there was none lately.
    /// </summary>
    /// <returns>Null when there is no other.</returns>
    public async ValueTask<IPAddress?> FindNextAsync(string host, IReadOnlyList<IPAddress> tried)
    {
        if (IPAddress.TryParse(host, out _))
            return null;
        Task<IPAddress?> asking;
        lock (_lock)
        {
            var known = Of(host);
            if (known.Known.FirstOrDefault(address => !tried.Contains(address)) is { } other)
                return other;
            asking = known.Asking ??= AskAsync(host, known);
        }

        return await asking is { } found && !tried.Contains(found) ? found : null;
    }

    /// <summary>
    /// The node answered there, or is there by what was heard through the channel: kept for the next start, and the one
    /// before it behind it, as what was heard may be old.
    /// </summary>
    public void Remember(string host, IPAddress address)
    {
        if (IPAddress.TryParse(host, out _))
            return;
        lock (_lock)
        {
            var known = Of(host);
            if (address.Equals(known.Kept.FirstOrDefault()))
                return;
            Host.Put(known.Kept, address, MostKept);
            Host.Put(known.Known, address, Most);
            var all = _texts.Read();
            all[host] = string.Join(' ', known.Kept);
            _texts.Write(all);
        }
    }

    private async Task<IPAddress?> AskAsync(string host, Host known)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the caller holds the lock
        IPAddress? found = null;
        var isTime = known.LastAsked is not { } last || time.GetElapsedTime(last) >= known.Pause;
        if (isTime)
            found = await AskInClear(host);
        lock (_lock)
        {
            if (isTime)
                (known.LastAsked, known.Pause) = (time.GetTimestamp(), found is null ? ShortPause : Pause);
            if (found is not null)
                known.Append(found);
            known.Asking = null;
        }

        return found;
    }

    private Host Of(string host)
    {
        if (_hosts.TryGetValue(host, out var known))
            return known;
        _hosts[host] = known = new Host();
        foreach (var text in _texts.Read().GetValueOrDefault(host, "").Split(' '))
        {
            if (IPAddress.TryParse(text, out var address))
                known.Kept.Add(address);
        }

        known.Known.AddRange(known.Kept);
        return known;
    }

    private sealed class Host
    {
        /// <summary>Addresses, the one to begin with first.</summary>
        public List<IPAddress> Known { get; } = [];

        /// <summary>Those that are in the file.</summary>
        public List<IPAddress> Kept { get; } = [];

        /// <summary>The question that is under way.</summary>
        public Task<IPAddress?>? Asking { get; set; }

        public long? LastAsked { get; set; }

        public TimeSpan Pause { get; set; }

        /// <summary>Puts one first.</summary>
        public static void Put(List<IPAddress> addresses, IPAddress first, int most)
        {
            addresses.Remove(first);
            addresses.Insert(0, first);
            if (addresses.Count > most)
                addresses.RemoveAt(most);
        }

        /// <summary>Adds one behind those that answered once.</summary>
        public void Append(IPAddress address)
        {
            if (Known.Contains(address))
                return;
            if (Known.Count == Most)
                Known.RemoveAt(Most - 1);
            Known.Add(address);
        }
    }

    private const int MostKept = 2;

    // More are of no use: each is tried before the name is asked for again.
    private const int Most = 3;
}
