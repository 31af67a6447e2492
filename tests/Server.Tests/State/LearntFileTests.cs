using Karez.Server.State;
using Karez.Server.Targets;

namespace Karez.Server.Tests.State;

public class LearntFileTests : TempState
{
    [Fact]
    public void A_file_of_version_one_is_read_and_what_it_lacks_is_learnt_anew()
    {
        Folder.Write("learnt.json", """
            {"target":"t:443","at":"2026-11-24T00:00:00+00:00","version":1,
             "profiles":[{"name":"a.example","alpn":"Http2","observed":[[[255],[255]]],"maxUseless":32}]}
            """u8);
        var learnt = NodeState.LearntFile.Read(Folder);
        Assert.NotNull(learnt);
        Assert.Empty(Assert.Single(learnt.Profiles).Silent);
        Assert.Equal(LearntTarget.CurrentVersion, learnt.Version);
        Assert.True(File.Exists(Folder.FileOf("learnt.json.v1")));
    }

    [Fact]
    public void A_chain_that_was_not_trusted_is_remembered_and_a_file_that_does_not_say_holds_it_trusted()
    {
        NodeState.LearntFile.Write(Folder, ChannelBed.Known("t:443") with { ChainValid = false });
        Assert.False(NodeState.LearntFile.Read(Folder)!.ChainValid);
        Folder.Write("learnt.json", """
            {"target":"t:443","at":"2026-11-24T00:00:00+00:00","version":3,"profiles":[]}
            """u8);
        Assert.True(NodeState.LearntFile.Read(Folder)!.ChainValid);
    }
}
