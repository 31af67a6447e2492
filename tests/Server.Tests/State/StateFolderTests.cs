using System.Text;
using System.Text.Json.Nodes;
using Karez.Config;
using Karez.Server.State;

namespace Karez.Server.Tests.State;

public sealed class StateFolderTests : TempState
{
    [Fact]
    public void Folder_and_files_are_for_their_owner_only()
    {
        Folder.Write("a.json", "{}"u8);
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Folder.Path));
        Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(Folder.FileOf("a.json")));
    }

    [Fact]
    public void A_folder_that_others_may_enter_is_closed_on_opening()
    {
        File.SetUnixFileMode(Folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        StateFolder.Open(Folder.Path, create: false);
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_told_with_a_hint()
    {
        var refused = Refused(() => StateFolder.Open("/nonexistent/karez", create: false));
        Assert.Contains("karez serve", refused.Problems[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_beside_it()
    {
        Folder.Write("a.json", "old"u8);
        Directory.CreateDirectory(Folder.FileOf("folder"));
        Refused(() => Folder.Write("folder", "new"u8));
        Assert.Equal(["a.json"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Writing_replaces_whole_and_leaves_no_other_file()
    {
        Folder.Write("a.json", "a longer text"u8);
        Folder.Write("a.json", "short"u8);
        Assert.Equal("short", Encoding.UTF8.GetString(Folder.Read("a.json")!));
        Assert.Single(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void One_process_holds_a_role()
    {
        using (Folder.Take("serve"))
        {
            Assert.Contains("already running", Refused(() => Folder.Take("serve")).Message, StringComparison.Ordinal);
            using var other = Folder.Take("connect");
        }

        using var again = Folder.Take("serve");
    }

    [Fact]
    public void A_torn_file_is_reported_and_stays_as_it_is()
    {
        NodeState.Create(Folder, Config, "me", Now);
        var whole = File.ReadAllBytes(Folder.FileOf("roster.json"));
        for (var length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllBytes(Folder.FileOf("roster.json"), whole[..length]);
            Assert.Contains("roster.json", Refused(() => NodeState.Load(Folder)).Message, StringComparison.Ordinal);
            Assert.Equal(whole[..length], File.ReadAllBytes(Folder.FileOf("roster.json")));
        }
    }

    [Fact]
    public void A_newer_file_is_refused_with_a_hint()
    {
        NodeState.Create(Folder, Config, "me", Now);
        File.WriteAllText(Folder.FileOf("roster.json"), """{"version":2,"peoples":[]}""");
        var refused = Refused(() => NodeState.Load(Folder));
        Assert.Contains("newer karez", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--state", refused.Problems[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_file_is_migrated_and_a_copy_of_it_kept()
    {
        var file = new StateFile<NodeConfig>("node.json", 1, ConfigJson.Default.NodeConfig, (c, p) => c.Check(p))
        {
            Migrations = new Dictionary<int, Action<JsonObject>>
            {
                [-1] = root => root["goal"] = "www.example.com",
                [0] = root =>
                {
                    root["target"] = root["goal"]!.DeepClone();
                    root.Remove("goal");
                },
            },
        };
        Folder.Write("node.json", """{"version":-1,"listen":"[::]:8443"}"""u8);
        var config = file.Read(Folder)!;
        Assert.Equal(new NodeConfig("www.example.com", "[::]:8443"), config);
        Assert.Equal("""{"version":-1,"listen":"[::]:8443"}""", Encoding.UTF8.GetString(Folder.Read("node.json.v-1")!));
        Assert.Equal(config, file.Read(Folder));
        Folder.Write("node.json", """{"version":-7,"listen":"[::]:8443"}"""u8);
        Assert.Contains("cannot read", Refused(() => file.Read(Folder)).Message, StringComparison.Ordinal);
    }
}
