using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Karez.Cli.Scripts;

/// <summary>
/// Sessions of a person with the real program, as text. A line that begins with <c>$ </c> is typed to a shell whose
/// <c>karez</c> is the program; below it stand the lines of standard output, those of standard error after
/// <c>! </c>, and <c>? N</c> if it ends with another code than 0. <c>[..]</c> stands for anything in a line.
/// </summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "Scripts");

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-script-").FullName;

    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Scripts, "*.txt").Select(p => Path.GetFileNameWithoutExtension(p)!).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_program_says_what_the_script_says(string name)
    {
        foreach (var file in Directory.GetFiles(Scripts).Where(f => !f.EndsWith(".txt", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(_folder, "bin"));
        File.CreateSymbolicLink(Path.Combine(_folder, "bin", "karez"), Program());
        var lines = await File.ReadAllLinesAsync(Path.Combine(Scripts, name + ".txt"), Stop);
        var steps = 0;
        for (var i = 0; i < lines.Length;)
        {
            if (!lines[i].StartsWith("$ ", StringComparison.Ordinal))
            {
                Assert.True(lines[i] is "" or ['#', ..], $"{name}.txt, line {i + 1}: no command before it");
                i++;
                continue;
            }

            var first = i++;
            while (i < lines.Length && lines[i].Length > 0 && !lines[i].StartsWith("$ ", StringComparison.Ordinal))
                i++;
            await StepAsync($"{name}.txt, line {first + 1}", lines[first][2..], lines[(first + 1)..i]);
            steps++;
        }

        Assert.True(steps > 0);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The program under test: the built one, or the one that KAREZ_BIN names.</summary>
    private static string Program() =>
        Environment.GetEnvironmentVariable("KAREZ_BIN") ?? Path.Combine(AppContext.BaseDirectory, "karez");

    private async Task StepAsync(string place, string command, string[] expected)
    {
        var start = new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", command },
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["PATH"] = Path.Combine(_folder, "bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = _folder;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        List<string> said = [.. Lines(await output), .. Lines(await error).Select(l => "! " + l)];
        if (process.ExitCode != 0)
            said.Add($"? {process.ExitCode}");
        var alike = said.Count == expected.Length && said.Zip(expected).All(pair => IsLike(pair.First, pair.Second));
        string[] report = [$"{place}: $ {command}", "expected", .. expected, "said", .. said];
        Assert.True(alike, string.Join('\n', report));
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? "." : l);

    private static bool IsLike(string said, string expected) =>
        Regex.IsMatch(said, $"^{Regex.Escape(expected).Replace(@"\[\.\.]", ".*", StringComparison.Ordinal)}$");
}
