using Karez.Beds;

namespace Karez.Cli.Tests;

/// <summary>What links carry, on a machine whose only addresses are private.</summary>
public sealed class AddressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-address-").FullName;

    [Fact]
    public async Task Without_a_public_address_the_first_start_asks_for_one_in_two_lines()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        using var bed = new Bed();
        var (near, far) = (bed.AddMachine("near"), bed.AddMachine("far"));
        bed.Connect(near, "10.9.7.1/24", far, "10.9.7.2/24");
        var (code, printed) = await near.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "karez"),
            ["serve", "--state", Path.Combine(_folder, "n"), "--target", "10.9.7.2:443", "--name", "www.site.example"],
            TestContext.Current.CancellationToken);
        Assert.Equal(1, code);
        Assert.Equal(
            [
                "karez: this machine has no public address of its own, so no link can be made",
                "hint: give what others reach it by: --address HOST[:PORT]",
            ],
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.False(File.Exists(Path.Combine(_folder, "n", "keys.json")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
