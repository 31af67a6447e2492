using System.Globalization;
using Karez.Beds;

namespace Karez.Tun.Tests.Machines;

/// <summary>
/// Figures, not promises: one download by device, by SOCKS, and through Debian's wireguard-go, in turn. Run it alone:
/// <c>dotnet exec Karez.Tun.Tests.dll -explicit only -class '*SpeedTests' -showLiveOutput</c>.
/// </summary>
public class SpeedTests(ITestOutputHelper output)
{
    private const long Octets = 1L << 30;
    private const int Rounds = 3;

    [Fact(Explicit = true)]
    public async Task Device_SOCKS_and_wireguard_go_side_by_side()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        Assert.SkipWhen(!File.Exists("/usr/sbin/nginx"), "nginx is missing: apt-get install -y nginx-light");
        await using var world = await World.StartAsync(hasPort: true, isFast: true);
        using var folder = new ServedFile(Octets);
        var nginx = world.Origin.Start("nginx", "-c", folder.Config, "-g", "daemon off;");
        output.WriteLine($"congestion control {File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim()}; "
            + $"{Environment.ProcessorCount} virtual cores");
        var guard = await WireGuard.TryStartAsync(world, TestContext.Current.CancellationToken);
        for (var round = 0; round < Rounds; round++)
        {
            await MeasureAsync(world, "SOCKS", [Environment.ProcessId, world.Serving.Id],
                "--socks5", "127.0.0.1:1080");
            await MeasureAsync(world, "device", [Environment.ProcessId, world.Serving.Id]);
            if (guard is not null)
                await MeasureAsync(world, "wireguard-go", guard.Processes, "--interface", WireGuard.Near);
        }

        nginx.Dispose();
    }

    private async Task MeasureAsync(
        World world, string name, int[] processes, params string[] how)
    {
        var before = processes.Sum(Cpu);
        const string url = "http://203.0.113.10:8080/file";
        var (code, printed) = await world.RunAsync(
            "curl", ["-sS", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", "-m", "60", .. how, url]);
        var cpu = processes.Sum(Cpu) - before;
        if (code != 0)
        {
            output.WriteLine($"{name}: curl says {code}, {printed}");
            return;
        }

        var words = printed.Split(' ');
        var (size, time) =
            (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-22} {size * 8 / time / 1e9:0.00} Gbit/s   {cpu / (size / 1e9):0.00} CPU s/GB both ends"));
    }

    /// <summary>Seconds of processor time that a process and its children have used (proc(5), stat 14 and 15).</summary>
    private static double Cpu(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture)
            + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }

    /// <summary>A large file of holes, and nginx's configuration to serve it.</summary>
    private sealed class ServedFile : IDisposable
    {
        private readonly string _folder =
            Directory.CreateDirectory($"/dev/shm/karez-tun-{Environment.ProcessId}").FullName;

        public ServedFile(long octets)
        {
            using (var file = File.Create(Path.Combine(_folder, "file")))
                file.SetLength(octets);
            File.WriteAllText(Config, $$"""
                worker_processes 1; pid {{_folder}}/pid; error_log {{_folder}}/log;
                events { }
                http { access_log off; sendfile on; server { listen 203.0.113.10:8080; root {{_folder}}; } }
                """);
        }

        public string Config => Path.Combine(_folder, "nginx.conf");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
