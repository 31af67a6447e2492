using Karez.Config;
using Karez.Contracts;

namespace Karez.Server.Tests.Targets;

/// <summary>A target whose certificate this system does not trust is told of, whichever start it is.</summary>
public class ForeignChainTests
{
    [Theory]
    [InlineData(null)] // the first start
    [InlineData(true)] // it was trusted when it was learnt: the first look sees
    [InlineData(false)] // it was not: known before any look
    public async Task A_chain_that_is_not_trusted_is_a_warning(bool? before)
    {
        await using var target = new TestSite((byte)'t', Certificates.Make());
        var config = new NodeConfig($"127.0.0.1:{target.Port}", "127.0.0.1:0", Certificates.Name, AllowPrivate: true);
        var learnt = before is { } valid ? ChannelBed.Known(config.Target) with { ChainValid = valid } : null;
        var keys = new NodeKeys(System.Buffers.Text.Base64Url.EncodeToString(Enumerable.Repeat((byte)7, 32).ToArray()));
        await using var node = await Node.StartAsync(
            NodePlan.Compile(config, keys, keysAreNew: true) with
            {
                Learnt = learnt,
                TargetLook = before == true ? TimeSpan.FromMilliseconds(100) : null,
            },
            new Roster([]),
            TimeProvider.System,
            e => Assert.Fail($"{e}"));
        for (var i = 0; before == true && node.TargetChainValid && i < 200; i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Contains("the target's certificate is not one", string.Join('\n', NodeReport.Warnings(node)));
    }
}
