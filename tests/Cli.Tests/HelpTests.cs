namespace Karez.Cli.Tests;

/// <summary>Every command, as it explains itself.</summary>
public class HelpTests
{
    public static TheoryData<string> Commands()
    {
        var names = new TheoryData<string>();
        foreach (var command in KarezCommand.Build(Nowhere).Subcommands)
            names.Add(command.Name);
        return names;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_an_example_of_itself(string command)
    {
        var (code, output, error) = await RunAsync(command, "--help");
        Assert.Equal(0, code);
        Assert.Empty(error);
        var example = output.Split('\n').SkipWhile(l => l != "Example:").Skip(1).FirstOrDefault();
        Assert.StartsWith($"  karez {command}", example, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_example_is_understood(string command)
    {
        var (_, output, _) = await RunAsync(command, "--help");
        var example = output.Split('\n').SkipWhile(l => l != "Example:").Skip(1).First().Trim();
        var line = example["karez ".Length..].Split(" > ")[0].Replace("'", "", StringComparison.Ordinal);
        var root = KarezCommand.Build(Nowhere);
        Assert.Empty(root.Parse(line).Errors);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_the_common_options(string command)
    {
        var root = KarezCommand.Build(Nowhere);
        var options = root.Subcommands.Single(c => c.Name == command).Options.Select(o => o.Name).ToList();
        Assert.Contains("--state", options);
        Assert.Contains("--config", options);
        Assert.Contains("--json", options);
    }

    [Fact]
    public async Task Help_of_the_whole_names_every_command()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(Commands(), c => Assert.Contains($"  {c.Data}", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_command_help_is_shown()
    {
        var (code, output, _) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Contains("karez try", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("invite")]
    [InlineData("link", "a", "b")]
    [InlineData("users", "--nonsense")]
    [InlineData("completion", "tcsh")]
    [InlineData("link", "x", "--qr", "--mihomo")]
    public async Task Wrong_use_is_two_lines_and_code_2(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.Empty(output);
        var lines = error.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("karez: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: karez", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[suggest:8]", "karez in", "invite")]
    [InlineData("[suggest:12]", "karez users ", "--json")]
    [InlineData("[suggest:17]", "karez completion ", "fish")]
    public async Task Shells_are_told_what_can_follow(string directive, string line, string word)
    {
        var (code, output, _) = await RunAsync(directive, line);
        Assert.Equal(0, code);
        Assert.Contains(word, output.Split('\n'));
    }

    private static Terminal Nowhere => new(TextReader.Null, TextWriter.Null, TextWriter.Null);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(TextReader.Null, output, error);
        var code = await KarezCommand.RunAsync(arguments, terminal, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
