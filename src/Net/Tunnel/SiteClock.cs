using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Secure;

namespace Karez.Net.Tunnel;

/// <summary>
/// Visits the borrowed site, as a browser would that goes on, and reads the time off its answer: the other clock, for
/// somebody whose node did not recognise him. The site answers through the node, as to any visitor, and its certificate
/// is verified, so nobody in between can lie.
/// </summary>
public static class SiteClock
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>The Date of the site's answer (RFC 9110 section 6.6.1); null when there is none to be had.</summary>
    /// <param name="node">Where the site is reached.</param>
    /// <param name="serverName">Its name.</param>
    /// <param name="page">What is asked for: a link's <c>spx</c>, up to a question mark.</param>
    /// <param name="profile">The browser to resemble.</param>
    /// <param name="time">The clock that certificates are judged by.</param>
    public static async Task<DateTimeOffset?> AskAsync(
        EndPoint node, string serverName, string page, BrowserProfile profile, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(page);
        var options = new BrowserTlsOptions { Profile = profile, Verifier = new ChainVerifier(time) };
        using var client = BrowserClient.Make(
            options, (_, stop) => BrowserClient.ConnectAsync(node, stop), s_patience, redirects: 0);
        try
        {
            var url = new Uri($"https://{serverName}/{page.Split('?')[0].TrimStart('/')}");
            using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            return answer.Headers.Date;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException
            or SocketException or UriFormatException)
        {
            return null;
        }
    }
}
