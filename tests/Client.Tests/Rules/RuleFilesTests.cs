using Karez.Client.Rules;
using Karez.Config;
using Karez.Route;

namespace Karez.Client.Tests.Rules;

public sealed class RuleFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-rules-").FullName;

    private string Source => Path.Combine(_folder, "list.txt");

    private string Compiled => Source + ".karez";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_compiled_once_and_again_when_it_changed()
    {
        File.WriteAllText(Source, "a.example\n");
        Assert.Equal(RouteAction.Direct, Ask("a.example"));
        var made = File.GetLastWriteTimeUtc(Compiled);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Compiled));
        Assert.Equal(RouteAction.Direct, Ask("a.example"));
        Assert.Equal(made, File.GetLastWriteTimeUtc(Compiled));
        File.WriteAllText(Source, "b.example\n");
        Assert.Equal(RouteAction.Channel, Ask("a.example"));
        Assert.Equal(RouteAction.Direct, Ask("b.example"));
    }

    [Fact]
    public void A_damaged_compiled_file_is_made_again()
    {
        File.WriteAllText(Source, "a.example\n");
        Ask("a.example");
        File.WriteAllText(Compiled, "spoilt");
        Assert.Equal(RouteAction.Direct, Ask("a.example"));
        Assert.True(new FileInfo(Compiled).Length > 56);
    }

    [Fact]
    public void Where_it_cannot_stand_beside_its_source_it_stands_in_the_folder_and_else_nowhere()
    {
        File.WriteAllText(Source, "a.example\n");
        Directory.CreateDirectory(Compiled); // nobody can write a file there, root neither
        var state = Directory.CreateDirectory(Path.Combine(_folder, "state")).FullName;
        Assert.Equal(RouteAction.Direct, Ask("a.example", state));
        Assert.True(File.Exists(Path.Combine(state, "list.txt.karez")));
        Assert.Equal(RouteAction.Direct, Ask("a.example", folder: null));
        Assert.Empty(Directory.GetFiles(_folder, "*.new", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_cannot_be_used_is_a_problem_with_its_place()
    {
        File.WriteAllBytes(Source, [0x7F, 0x45, 0x4C, 0x46, 0, 1, 2]);
        foreach (var file in (string[])[Source, Path.Combine(_folder, "none")])
        {
            var problems = new List<Problem>();
            Assert.Null(RuleLoader.Load(new RouteConfig(Files: [file]), _folder, problems));
            Assert.Equal("$.route.files[0]", Assert.Single(problems).Path);
        }
    }

    private RouteAction Ask(string name, string? folder = "")
    {
        var problems = new List<Problem>();
        var config = new RouteConfig(
            Files: [Source], Rules: [new RouteRuleConfig("direct", Lists: ["list.txt"])]);
        var table = RuleLoader.Load(config, folder == "" ? _folder : folder, problems);
        Assert.Empty(problems);
        return table!.DecideName(name).Action; // there was no problem
    }
}
