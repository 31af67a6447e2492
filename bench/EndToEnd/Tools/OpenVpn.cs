using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>openvpn over UDP in user space, AES-128-GCM.</summary>
internal sealed class OpenVpn : ITool
{
    private const string Origin = "203.0.113.5";
    private const int Port = 1194;

    public string Name => "openvpn";

    public string? WhyNot => Programs.WhyNot("openvpn", "openvpn");

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool
        {
            Name = Name,
            Way = new Way(Origin, BenchWorld.HttpPort, BenchWorld.HttpsPort, null),
        };
        var print = await BenchWorld.RunAsync(
            world.Node,
            ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", world.CertificatePath],
            cancellationToken);
        var fingerprint = print[(print.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
        string[] shared =
        [
            "--dev", "tun7", "--dev-type", "tun", "--proto", "udp", "--port", $"{Port}", "--cipher", "AES-128-GCM",
            "--data-ciphers", "AES-128-GCM", "--cert", world.CertificatePath, "--key", world.KeyPath,
            "--peer-fingerprint", fingerprint, "--disable-dco", "--verb", "1",
        ];
        tool.StartNode(world, "openvpn", ["--tls-server", "--dh", "none", "--ifconfig", "10.91.12.1", "10.91.12.2",
            .. shared]);
        tool.StartClient(world, "openvpn", ["--tls-client", "--remote", BenchWorld.NodeAddress, $"{Port}",
            "--ifconfig", "10.91.12.2", "10.91.12.1", "--route", Origin, "255.255.255.255", .. shared]);
        await Listening.WaitAsync(world.Client, Origin, BenchWorld.HttpPort, cancellationToken, tool.Said);
        return tool;
    }
}
