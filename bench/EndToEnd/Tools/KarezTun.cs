using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>karez with the whole machine, on a machine of its own and with an /etc of its own; another node.</summary>
internal sealed class KarezTun(string program) : ITool
{
    public string Name => "karez --tun";

    public string? WhyNot => !File.Exists(program) ? $"{program} is not there"
        : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun" : null;

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool
        {
            Name = Name,
            At = world.Device,
            Way = new Way(BenchWorld.Origin, BenchWorld.HttpPort, BenchWorld.HttpsPort, null),
        };
        var link = await new KarezNode(world, program, BenchWorld.NodeForDevice).StartAsync(tool, cancellationToken);
        // ip(8) gives it a mount namespace of its own: what is mounted here, nobody else sees.
        var process = tool.StartClient(world, "sh", "-c", """
            set -e
            mkdir -p "$1/upper" "$1/work"
            mount -t overlay etc -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc
            rm -f /etc/resolv.conf && printf 'nameserver 127.0.0.1\n' > /etc/resolv.conf
            exec "$2" connect "$3" --tun --state "$1/state"
            """, "sh", Path.Combine(world.Folder, "device"), program, link);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        try
        {
            await process.WaitForAsync("connected", patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchException($"not connected: {process.Printed}");
        }

        await Listening.WaitAsync(world.Device, BenchWorld.Origin, BenchWorld.HttpPort, cancellationToken, tool.Said);
        return tool;
    }
}
