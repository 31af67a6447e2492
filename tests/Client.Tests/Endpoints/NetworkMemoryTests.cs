using Karez.Client.Endpoints;

namespace Karez.Client.Tests.Endpoints;

public sealed class NetworkMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-memory-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "networks.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_worked_last_is_known_for_each_network_and_the_file_names_none()
    {
        new NetworkMemory(Path).Keep("192.168.1.1 aa:bb", "one.example:443");
        new NetworkMemory(Path).Keep("10.0.0.1 cc:dd", "two.example:443");
        Assert.Equal("one.example:443", new NetworkMemory(Path).Recall("192.168.1.1 aa:bb"));
        Assert.Equal("two.example:443", new NetworkMemory(Path).Recall("10.0.0.1 cc:dd"));
        Assert.Null(new NetworkMemory(Path).Recall("192.168.1.1 other"));
        Assert.DoesNotContain("192.168", File.ReadAllText(Path), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void The_file_stays_small_and_a_spoilt_one_is_no_fault()
    {
        var memory = new NetworkMemory(Path);
        for (var i = 0; i < 200; i++)
            memory.Keep($"network {i}", "n:1");
        Assert.InRange(new FileInfo(Path).Length, 1, 4_096);
        File.WriteAllText(Path, "{");
        Assert.Null(memory.Recall("network 199"));
        Assert.Null(new NetworkMemory(null).Recall("x"));
        new NetworkMemory(null).Keep("x", "y");
        _ = NetworkMemory.Here(); // whatever this machine has
    }
}
