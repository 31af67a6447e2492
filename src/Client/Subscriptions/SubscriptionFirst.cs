using Karez.Camouflage.Browser;
using Karez.Config;
using Karez.Config.Links;
using Karez.Net.Tunnel;

namespace Karez.Client.Subscriptions;

/// <summary>The first fetch of a client that has no link yet, and so no channel: directly.</summary>
public static class SubscriptionFirst
{
    /// <summary>
    /// Fetches what is missing, where there is neither a link nor a kept list; keeps it in the folder.
    /// </summary>
    /// <param name="config">A checked configuration.</param>
    /// <param name="folder">The state folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Told what was refused, and who did not answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task FetchAsync(
        ClientConfig config, string folder, TimeProvider time, Action<string> note,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(note);
        var subscriptions = (config.Subscriptions ?? []).Select(one => new Subscription(one, folder)).ToList();
        if (config.Links.Count > 0 || subscriptions.Exists(one => one.Links.Count > 0))
            return;
        var fetch = new WebFetch(BrowserProfile.Default, time, LinkList.MaxLength);
        foreach (var subscription in subscriptions)
        {
            foreach (var url in subscription.Urls)
            {
                if (await fetch.GetAsync(url, way: null, cancellationToken) is not { } octets)
                    note($"{url.Host} does not answer");
                else if (subscription.Take(octets) is not SubscriptionVerdict.Taken and var refused)
                    note($"what {url.Host} has is refused: {Why(refused)}");
                else
                    break;
            }
        }
    }

    /// <summary>Why something is not taken, in words.</summary>
    internal static string Why(SubscriptionVerdict verdict) => verdict switch
    {
        SubscriptionVerdict.NotSigned => "it is not a bundle signed by the key of the configuration",
        SubscriptionVerdict.Older => "it is older than what is kept",
        _ => "it has no link that can be used",
    };
}
