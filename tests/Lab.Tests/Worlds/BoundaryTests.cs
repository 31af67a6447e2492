using System.Diagnostics;
using Karez.Beds;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Worlds;

/// <summary>A world that leads anywhere is refused.</summary>
public class BoundaryTests
{
    public BoundaryTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Fact]
    public void A_closed_world_is_accepted()
    {
        using var bed = new Bed();
        var (a, b) = (bed.AddMachine("a"), bed.AddMachine("b"));
        bed.Connect(a, "198.19.0.1/24", b, "198.19.0.2/24");
        Boundary.Check(bed.Machines);
    }

    [Fact]
    public void A_link_to_the_hosts_namespace_is_refused()
    {
        using var bed = new Bed();
        var machine = bed.AddMachine("a");
        var name = $"kzlab{Environment.ProcessId % 100_000}";
        Ip("link", "add", name, "type", "veth", "peer", "name", "out", "netns", machine.Namespace);
        try
        {
            AssertRefused(bed.Machines, "out");
        }
        finally
        {
            Ip("link", "delete", name);
        }

        Boundary.Check(bed.Machines);
    }

    [Fact]
    public void A_link_to_another_runs_namespace_is_refused()
    {
        using var bed = new Bed();
        using var other = new Bed();
        var (a, b) = (bed.AddMachine("a"), other.AddMachine("b"));
        a.Ip("link", "add", "over", "type", "veth", "peer", "name", "over", "netns", b.Namespace);
        AssertRefused(bed.Machines, "over");
        Boundary.Check([a, b]);
    }

    [Fact]
    public void A_device_that_is_no_link_between_machines_is_refused()
    {
        using var bed = new Bed();
        var machine = bed.AddMachine("a");
        machine.Ip("tuntap", "add", "dev", "tun0", "mode", "tun");
        AssertRefused(bed.Machines, "tun0");
    }

    private static void AssertRefused(IReadOnlyList<Machine> machines, string name) => Assert.Contains(
        name, Assert.Throws<LabException>(() => Boundary.Check(machines)).Message, StringComparison.Ordinal);

    private static void Ip(params IReadOnlyList<string> words)
    {
        using var process = Process.Start("ip", words);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
