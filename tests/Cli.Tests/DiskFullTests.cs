using System.Diagnostics;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>A state folder with no room left: what is said, and that nothing is torn.</summary>
public sealed class DiskFullTests : NodeBed
{
    [Fact]
    public async Task A_first_start_without_room_makes_no_node_and_says_why()
    {
        using var disk = await SmallDisk.MountAsync(Folder);
        disk.Fill();
        await using var node = Serve("disk/n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        Assert.Equal(1, await node.EndAsync());
        AssertTwoLines(node.Said);
        Assert.DoesNotContain(disk.Files("n"), f => f is "keys.json" or "roster.json" or "node.json");

        disk.Free();
        await using var again = Serve("disk/n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (_, link) = await NodeAsync(again);
        Assert.NotNull(link);
    }

    [Fact]
    public async Task A_running_node_goes_on_and_commands_change_nothing_or_all()
    {
        using var disk = await SmallDisk.MountAsync(Folder);
        await using (var node = Serve("disk/n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1"))
        {
            var (listen, link) = await NodeAsync(node);
            Assert.NotNull(link);
            disk.Fill();
            var before = await File.ReadAllTextAsync(disk.FileOf("n/roster.json"));
            foreach (var arguments in (string[][])[["invite", "anna"], ["revoke", "me"]])
            {
                await using var command = Karez([.. arguments, "--state", "disk/n"]);
                Assert.Equal(1, await command.EndAsync());
                AssertTwoLines(command.Said);
                Assert.Contains("roster.json", command.Said, StringComparison.Ordinal);
            }

            Assert.Equal(before, await File.ReadAllTextAsync(disk.FileOf("n/roster.json")));
            Assert.DoesNotContain(disk.Files("n"), f => f.EndsWith(".new", StringComparison.Ordinal));
            await FetchAsync(link, listen);
            await node.SignalAsync("TERM");
            Assert.Equal(0, await node.EndAsync());
        }

        // It starts again without room, and lets its people in, also those whose clock is a little fast.
        await using var again = Karez("serve", "--state", "disk/n", "--json");
        var (there, _) = await NodeAsync(again);
        Assert.DoesNotContain("nobody is let in", again.Said, StringComparison.Ordinal);
        await using var users = Karez("users", "--state", "disk/n", "--json");
        Assert.Contains("\"me\"", await users.LineAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(there);
        disk.Free();
        await using var invite = Karez("invite", "anna", "--state", "disk/n", "--json");
        Assert.Equal(0, await invite.EndAsync());
    }

    private static void AssertTwoLines(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("karez: cannot ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    private async Task FetchAsync(string link, string listen)
    {
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await using var client = Karez("connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        using var http = Through(ready.RootElement.GetProperty("listen").GetString()!);
        Assert.Equal(1000, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1000"))).Length);
    }

    /// <summary>A tmpfs of one megabyte.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        private SmallDisk(string path) => _path = path;

        public static async Task<SmallDisk> MountAsync(string folder)
        {
            var path = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
            if (!await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "karez-test", path))
            {
                const string why = "mounting a small disk needs root";
                if (Environment.GetEnvironmentVariable("CI") == "true")
                    Assert.Fail(why);
                Assert.Skip(why);
            }

            return new SmallDisk(path);
        }

        public string FileOf(string name) => Path.Combine(_path, name);

        public IEnumerable<string> Files(string folder) =>
            Directory.Exists(FileOf(folder)) ? Directory.GetFiles(FileOf(folder)).Select(f => Path.GetFileName(f)!) : [];

        public void Fill()
        {
            using var file = File.Create(FileOf("ballast"), bufferSize: 0);
            var octets = new byte[4096];
            try
            {
                while (true)
                    file.Write(octets);
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public void Free() => File.Delete(FileOf("ballast"));

        public void Dispose() => RunAsync("umount", "-l", _path).GetAwaiter().GetResult();

        private static async Task<bool> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            await process!.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
    }
}
