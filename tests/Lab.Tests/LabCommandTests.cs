namespace Karez.Lab.Tests;

/// <summary>The front door.</summary>
public class LabCommandTests
{
    [Fact]
    public async Task Lists_the_scenarios()
    {
        var (code, output, _) = await RunAsync("list", "scenarios");
        Assert.Equal(LabCommand.Done, code);
        Assert.Contains("smoke", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "everything")]
    [InlineData("fly")]
    [InlineData("list")]
    public async Task Wrong_use_is_two_lines(params string[] words)
    {
        var (code, output, error) = await RunAsync(words);
        Assert.Equal(LabCommand.WrongUse, code);
        Assert.Empty(output);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    internal static async Task<(int Code, string Output, string Error)> RunAsync(params IReadOnlyList<string> words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await LabCommand.RunAsync(words, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
