using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Karez.Aot;

/// <summary>The program that people get.</summary>
public sealed class KarezTests : IAsyncLifetime
{
    private const string Link =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@127.0.0.1:9?security=reality&encryption=none&type=tcp"
        + "&flow=xtls-rprx-vision&sni=www.example.com&fp=chrome&sid=0123456789abcdef"
        + "&pbk=3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08";

    private NativeProgram _karez = null!;
    private string _objects = null!;

    public async ValueTask InitializeAsync()
    {
        _objects = Directory.CreateTempSubdirectory("karez-obj-").FullName + "/";
        _karez = await NativeProgram.PublishAsync(
            "src/Cli/Cli.csproj",
            "karez",
            "-p:IlcGenerateMstatFile=true",
            $"-p:NativeIntermediateOutputPath={_objects}");
    }

    public ValueTask DisposeAsync()
    {
        _karez.Dispose();
        Directory.Delete(_objects, recursive: true);
        return default;
    }

    [Fact]
    public async Task It_is_made_of_what_it_needs_links_no_web_server_and_is_small_when_it_listens()
    {
        var assemblies = ReadAssemblies();
        Assert.Contains("Karez.Net", assemblies);
        Assert.Contains("System.Private.CoreLib", assemblies);
        Assert.DoesNotContain(assemblies, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(assemblies, name => name.Contains("Kestrel", StringComparison.Ordinal));
        Assert.DoesNotContain("NSec.Cryptography", assemblies);

        // What the loader brings in before main: the C library and nothing of ours or anybody's.
        var libraries = await NativeProgram.RunAsync(_karez.Path, [], "LD_TRACE_LOADED_OBJECTS");
        foreach (var line in libraries.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Matches("linux-vdso|ld-linux|libc\\.so|libm\\.so|libdl\\.so|libpthread\\.so|librt\\.so", line);

        // Linked to a fixed address: ET_EXEC of elf(5), at octet 16.
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian((await File.ReadAllBytesAsync(_karez.Path)).AsSpan(16)));
        await IsSmallAsync();
    }

    private async Task IsSmallAsync()
    {
        var state = Directory.CreateTempSubdirectory("karez-state-");
        using var client = Process.Start(new ProcessStartInfo(
            _karez.Path, ["connect", Link, "--state", state.FullName, "--listen", "127.0.0.1:0", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // a new process, since UseShellExecute is off
        try
        {
            Assert.Contains("\"ok\"", await client.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            await Task.Delay(500);
            var (resident, anonymous) = Memory(client.Id);
            Assert.InRange(resident, 1, 16 * 1024);
            Assert.InRange(anonymous, 1, 6 * 1024);
        }
        finally
        {
            client.Kill();
            await client.WaitForExitAsync();
            state.Delete(recursive: true);
        }
    }

    /// <summary>KiB, all of it and the part that no file holds.</summary>
    private static (long Resident, long Anonymous) Memory(int process)
    {
        var lines = File.ReadAllLines($"/proc/{process}/smaps_rollup");
        return (Read("Rss:"), Read("Anonymous:"));

        long Read(string name)
        {
            var line = lines.Single(l => l.StartsWith(name, StringComparison.Ordinal));
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.Parse(words[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The compiler's own account of what it took, an assembly whose references are the sources.</summary>
    private List<string> ReadAssemblies()
    {
        var file = Directory.GetFiles(_objects, "*.mstat", SearchOption.AllDirectories).Single();
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }
}
