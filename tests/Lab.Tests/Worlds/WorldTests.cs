using System.Buffers.Binary;
using Karez.Beds;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Worlds;

/// <summary>A world lives, is captured, and leaves nothing.</summary>
public class WorldTests
{
    private static readonly Scenario s_small = new("a", "b", 2, ["wifi"], [], "hk", 1, 1);

    public WorldTests()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        foreach (var (program, package) in new[] { ("nginx", "nginx-light"), ("dnsmasq", "dnsmasq-base"), ("curl", "curl") })
            Assert.SkipWhen(Programs.Missing(program, package) is not null, Programs.Missing(program, package) ?? "");
    }

    [Fact]
    public async Task A_subscriber_looks_a_name_up_and_fetches_a_page_and_his_capture_shows_it()
    {
        var folder = Directory.CreateTempSubdirectory("kzlab").FullName;
        try
        {
            (RouterEntry Router, IReadOnlyList<long> Packets, IReadOnlyList<BorderEntry> Border) finished;
            string visited;
            using (var world = new World(WorldPlan.Of(s_small), 1, folder))
            {
                var cover = world.Plan.Cover;
                await Programs.WaitForPortAsync(world.Host("cover"), cover.Address, 443, "cover", Token);
                var trusted = world.Subscribers[0].Write("root.pem", world.Authority.RootPem);
                foreach (var site in world.Plan.Sites)
                {
                    var (code, printed) = await world.Subscribers[0].RunAsync(
                        "curl", ["-sS", "--cacert", trusted, "--max-time", "20", "-o", "/dev/null", "-w",
                            "%{http_code} %{remote_ip} %{ssl_verify_result}", $"https://{site.Name}/"], Token);
                    Assert.Equal((0, $"200 {site.Address} 0"), (code, printed));
                }

                var (failed, _) = await world.Subscribers[1].RunAsync(
                    "curl", ["-sS", "--max-time", "10", "https://www.none.example/"], Token);
                Assert.Equal(6, failed); // No such name.
                visited = world.Plan.Sites.First(site => !IsForeign(world.Plan, site)).Address;
                var (come, _) = await world.Host("cover").RunAsync(
                    "curl", ["-sSk", "--max-time", "10", "-o", "/dev/null", $"https://{visited}/"], Token);
                Assert.Equal(0, come);
                finished = world.Finish();
            }

            // What subscribers do is in their captures; who came in from abroad is in the border's log.
            Assert.Contains(finished.Border, entry => entry.To == visited);
            Assert.DoesNotContain(finished.Border, entry => entry.From.StartsWith("100.", StringComparison.Ordinal));

            Assert.Equal(0, finished.Router.Dropped);
            var capture = await File.ReadAllBytesAsync(Path.Combine(folder, "captures", "sub000.pcap"), Token);
            var (packets, last, names) = (0L, 0.0, 0);
            for (var at = 24; at < capture.Length; packets++)
            {
                var time = BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(at))
                    + (BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(at + 4)) / 1e6);
                Assert.True(time >= last);
                last = time;
                var length = BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(at + 8));
                Assert.True(Ipv4Packet.TryRead(capture.AsSpan(at + 16, length), out var read));
                Assert.True(read.Source == Inner || read.Destination == Inner);
                Assert.InRange(length, 20, 1500);
                if (read.DestinationPort == 53)
                    names++;
                at += 16 + length;
            }

            Assert.Equal(finished.Packets[0], packets);
            Assert.True(names >= 4, $"{names} questions");
            Assert.InRange(finished.Packets[1], 2, 20);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Nothing_is_left_when_it_fails_while_it_is_built()
    {
        var folder = Directory.CreateTempSubdirectory("kzlab").FullName;
        try
        {
            var before = Namespaces();
            Assert.Throws<InvalidOperationException>(() => new World(
                WorldPlan.Of(s_small), 1, folder, prepare: _ => throw new InvalidOperationException()));
            Assert.Equal(before, Namespaces());
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static bool IsForeign(WorldPlan plan, SiteEntry site) =>
        plan.Hosts.First(host => host.Addresses.Contains(site.Address)).Foreign;

    private static readonly uint Inner = Wiring.NumberOf("100.64.0.2");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static List<string> Namespaces() => [.. Directory.GetFiles("/run/netns", $"kzbed-{Environment.ProcessId}-*").Order()];
}
