using System.Globalization;
using System.Net;
using Karez.Interop.Harness;

namespace Karez.Interop.Reality;

/// <summary>peers/realityserver: the library that the field uses, plain VLESS behind it.</summary>
internal sealed class ReferenceServer : IDisposable
{
    private readonly Peer _peer;

    private ReferenceServer(Peer peer) => _peer = peer;

    public int Port => IPEndPoint.Parse(_peer.ReadyLine.Split(' ')[1]).Port;

    public string Output => _peer.Output;

    public static async Task<ReferenceServer> StartAsync(Credentials credentials, BorrowedSite site)
    {
        string[] arguments =
        [
            "-target", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{site.Port}"),
            "-name", BorrowedSite.Name,
            "-key=" + credentials.PrivateKeyText,
            "-short-id", credentials.ShortId,
            "-user", credentials.User.ToString("N"),
            "-show",
        ];
        // It learns the site's records over a connection that checks the chain.
        var trust = new Dictionary<string, string> { ["SSL_CERT_FILE"] = site.AuthorityFile };
        return new ReferenceServer(
            await Peer.StartAsync(Need.BuiltPeer("realityserver"), arguments, "ready ", trust));
    }

    public void Dispose() => _peer.Dispose();
}
