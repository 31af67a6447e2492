using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Karez.Aot;

/// <summary>What holds on the runtime has to hold in native code: the program in Records/ is published and run.</summary>
public class RecordTests
{
    [Fact]
    public async Task A_native_program_shakes_hands_and_allocates_nothing_per_record()
    {
        var folder = Directory.CreateTempSubdirectory("karez-aot-");
        try
        {
            var project = Path.Combine(Here(), "Records", "Records.csproj");
            var rid = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
            await RunAsync("dotnet", "publish", project, "-c", "Release", "-r", rid, "-o", folder.FullName, "-v", "quiet");
            var lines = await RunAsync(Path.Combine(folder.FullName, "Karez.Records"));
            Assert.StartsWith("handshake Aes128GcmSha256 X25519MLKEM768 h2", lines, StringComparison.Ordinal);
            foreach (var length in new[] { 1, 1_400, 16_384 })
            {
                Assert.Contains($"up {length} 0\n", lines, StringComparison.Ordinal);
                Assert.Contains($"down {length} 0\n", lines, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!; // a new process, since UseShellExecute is off
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{output}{await errors}");
        return output;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
