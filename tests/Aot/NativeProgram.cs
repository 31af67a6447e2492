using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Karez.Aot;

/// <summary>A project, published as native code into a folder that goes away again.</summary>
internal sealed class NativeProgram : IDisposable
{
    // Two that restore at once stumble over one another's project.assets.json.
    private static readonly SemaphoreSlim Publishing = new(1, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("karez-aot-");

    private NativeProgram(string name) => Path = System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>The program.</summary>
    public string Path { get; }

    /// <summary>Publishes a project, given from the repository's root.</summary>
    public static async Task<NativeProgram> PublishAsync(string project, string name, params string[] more)
    {
        var program = new NativeProgram(name);
        var rid = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        await Publishing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await RunAsync(
                "dotnet",
                [
                    "publish", System.IO.Path.Combine(Root(), project), "-c", "Release", "-r", rid,
                    "-o", program._folder.FullName, "-v", "quiet", .. more,
                ]);
        }
        finally
        {
            Publishing.Release();
        }

        return program;
    }

    /// <summary>Runs it to its end and gives what it printed.</summary>
    public Task<string> RunAsync(params string[] arguments) => RunAsync(Path, arguments);

    /// <summary>Runs any program to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(string program, string[] arguments, string? variable = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        if (variable is not null)
            start.Environment[variable] = "1";
        using var process = Process.Start(start)!; // a new process, since UseShellExecute is off
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{output}{await errors}");
        return output;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Root([CallerFilePath] string path = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "../.."));
}
