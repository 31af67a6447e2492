using Karez.Client;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Tls;

namespace Karez.Cli.Running;

/// <summary>Why no tunnel could be made: which side failed, in two lines.</summary>
internal static class TunnelTrouble
{
    public static (string What, string Hint) Of(TunnelException exception, string node, Clocks clocks) =>
        exception.Fault switch
        {
            TunnelFault.NodeUnreachable => Unreachable(exception, node),
            TunnelFault.PathBroken => (
                $"the path: the connection to {node} broke off before the handshake was over",
                "something on the way may cut it; try another network, or another node"),
            TunnelFault.NotRecognised => (
                "the node: it did not recognise this link, the site's own certificate answered",
                clocks.Explain()),
            TunnelFault.ForeignCertificate => Foreign(exception.TlsFault, clocks),
            TunnelFault.BadLink => ("the link's key cannot be used", "ask for a new link"),
            TunnelFault.BrokenProxy => (
                "the node: it broke the protocol after letting us in", "ask its owner what program it runs"),
            _ => ($"the node: it broke TLS ({exception.Message})", "ask its owner how its target is"),
        };

    /// <summary>Why the node could not reach a destination; which one is the program's to say.</summary>
    public static (string What, string Hint) OfSite(SiteFault fault) => fault switch
    {
        SiteFault.Refused => (
            "the site: it refused the connection", "path and node are well; check the port, or whether it is up"),
        SiteFault.HostUnreachable => (
            "the site: there is no such name, or nobody at its address",
            "path and node are well; check the name"),
        SiteFault.NetworkUnreachable => (
            "the site: the node has no way to its network", "an address of IPv6, where the node has only IPv4?"),
        SiteFault.TimedOut => (
            "the site: it does not answer the node", "path and node are well; it may be down, or shut the node out"),
        SiteFault.Forbidden => (
            "the site: the node lets nobody reach it", "nodes refuse private addresses, and their own"),
        _ => ("the site: the node could not reach it", "path and node are well; try another site"),
    };

    private static (string What, string Hint) Foreign(TlsFault fault, Clocks clocks) => fault switch
    {
        // The site's name under an authority of its own: what a revoked person meets in front of a private site.
        TlsFault.UntrustedCertificate => (
            "the node: it did not recognise this link, or the path: the site's name answered, untrusted here",
            $"a private site: {clocks.Explain()}; a public one: somebody stands in between"),
        TlsFault.ExpiredCertificate => (
            "the node: it did not recognise this link, the site's certificate answered, out of date by this clock",
            $"set the clock, it says {Clocks.Show(clocks.Here)}; if that is right, ask the node's owner"),
        TlsFault.WrongCertificateName => (
            "the path: a certificate for another name than the site's answered",
            "somebody stands in between, or the link's name is not the site's"),
        _ => (
            "the path: a certificate answered that is neither the node's nor the site's",
            "somebody may stand in between; try another network"),
    };

    private static (string What, string Hint) Unreachable(TunnelException exception, string node) =>
        exception.InnerException is ConnectionException { Fault: var fault }
            ? fault switch
            {
                ConnectionFault.Refused => ($"the node: nothing listens at {node}", "ask its owner whether it runs"),
                ConnectionFault.TimedOut => (
                    $"the path: {node} does not answer", "the address may be blocked here, or the node is off"),
                ConnectionFault.Unreachable => (
                    "this machine: there is no way to the network of the node", "check this machine's connection"),
                ConnectionFault.NoDescriptors => ("this machine: no descriptors are left", "raise ulimit -n"),
                _ => ($"the path: {node} cannot be reached", "check this machine's connection"),
            }
            : ($"this machine: {node} does not resolve", "check the name and this machine's resolver");
}
