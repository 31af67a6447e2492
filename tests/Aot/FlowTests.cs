using System.Globalization;

namespace Karez.Aot;

/// <summary>Frames and raw directions in native code: the program in Flows/ is published and run.</summary>
public sealed class FlowTests : IAsyncLifetime
{
    private const int Flows = 100;
    private const UnixFileMode ForOthers = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private NativeProgram _program = null!;

    public async ValueTask InitializeAsync() =>
        _program = await NativeProgram.PublishAsync("tests/Aot/Flows/Flows.csproj", "Karez.Flows");

    public ValueTask DisposeAsync()
    {
        _program.Dispose();
        return default;
    }

    [Fact]
    public async Task Flows_in_native_code_allocate_nothing_survive_a_reset_and_share_what_pipes_there_are()
    {
        Assert.Equal("frames 0\n", await _program.RunAsync("frames"));
        var allocated = await NumberAsync("relay");
        // 200 MB passed, source and sink included: the tasks of the measuring itself are what is left.
        Assert.InRange(allocated, 0, 1000);
        // splice(2) raises SIGPIPE, which would end the program.
        Assert.Equal("reset broke -32\n", await _program.RunAsync("reset"));
        await PipesAsync();
    }

    /// <summary>As nobody, whom the kernel gives a limited number of pages for pipes.</summary>
    private async Task PipesAsync()
    {
        string[] words = ["pipes", Flows.ToString(CultureInfo.InvariantCulture)];
        var folder = Path.GetDirectoryName(_program.Path)!;
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | ForOthers);
        var line = Environment.IsPrivilegedProcess
            ? await NativeProgram.RunAsync(
                "setpriv", ["--reuid=65534", "--clear-groups", "--bounding-set=-all", _program.Path, .. words])
            : await _program.RunAsync(words);
        var numbers = line.Split(' ');
        var pages = long.Parse(
            await File.ReadAllTextAsync("/proc/sys/fs/pipe-user-pages-soft"), CultureInfo.InvariantCulture);
        var most = pages == 0 ? Flows : pages * Environment.SystemPageSize / (1024 * 1024);
        Assert.InRange(int.Parse(numbers[1], CultureInfo.InvariantCulture), 1, Math.Min(Flows, most));
        Assert.Equal(Flows, int.Parse(numbers[2], CultureInfo.InvariantCulture));
    }

    private async Task<long> NumberAsync(string word)
    {
        var line = await _program.RunAsync(word);
        return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
