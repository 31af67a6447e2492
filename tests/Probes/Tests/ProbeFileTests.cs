using Karez.Probes.Script;

namespace Karez.Probes.Tests;

public class ProbeFileTests
{
    private static readonly ProbeContext Context = new("site.example", []);

    [Fact]
    public void There_are_forty_probes_at_least_and_each_says_what_it_shows()
    {
        Assert.True(Cases.All.Select(p => p.Name.Split('[')[0]).Distinct().Count() >= 40);
        Assert.All(Cases.All, p => Assert.NotEmpty(p.Shows));
        Assert.All(Cases.All, p => Assert.NotEmpty(p.Steps));
        Assert.Equal(Cases.All.Count, Cases.All.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void After_a_replay_come_all_alerts_of_both_levels_and_all_counts_about_the_limits()
    {
        var alerts = Enum.GetValues<Tls.AlertDescription>().Select(a => (int)a).ToHashSet();
        var (fatal, warning) = (ValuesOf("replay-fatal"), ValuesOf("replay-warning"));
        Assert.Equal(27, alerts.Count);
        Assert.Subset(fatal, alerts);
        Assert.Subset(warning, alerts);
        Assert.Subset(ValuesOf("replay-ccs"), Enumerable.Range(15, 19).ToHashSet());
        Assert.Subset(ValuesOf("replay-empty"), Enumerable.Range(15, 19).ToHashSet());

        static HashSet<int> ValuesOf(string file) =>
        [
            .. Cases.All.Select(p => p.Name.Split('[', ']')).Where(n => n[0] == file)
                .Select(n => int.Parse(n[1], System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    [Fact]
    public void Every_payload_can_be_made_and_is_the_same_again()
    {
        var context = Context with
        {
            CapturedHello = Hello.HelloBuilder.Build(new Hello.HelloSpec { ServerName = "site.example" }),
        };
        // P-256 and its kin draw fresh points
        var payloads = Cases.All.SelectMany(p => p.Steps).OfType<SendStep>().Select(s => s.Payload)
            .Where(p => !p.Parts.OfType<HelloPart>().Any(h => h.Spec.Shares?.Any(g => g is 0x17 or 0x18 or 0x19) == true));
        Assert.All(payloads, p => Assert.Equal(p.ToOctets(context), p.ToOctets(context)));
    }

    [Fact]
    public void A_for_line_makes_one_probe_of_each_value()
    {
        var probes = ProbeFile.Parse("x", "# shows\nfor n = 1 2\ntimed close 2\nsend hex 0{n}\n").ToList();
        Assert.Equal(["x[1]", "x[2]"], probes.Select(p => p.Name));
        Assert.Equal([Timed.Not, Timed.Close], probes.Select(p => p.Timed));
        Assert.Equal([2], Assert.IsType<SendStep>(probes[1].Steps[0]).Payload.ToOctets(Context));
    }

    [Fact]
    public void Parts_are_joined_and_repeated_and_quoted_text_keeps_its_joints()
    {
        var send = Send("send hex 01 02 times=2 & text \"a & b {name}\\r\" & alert 2 40");
        Assert.Equal(
            [1, 2, 1, 2, .. "a & b site.example\r"u8, 21, 3, 3, 0, 2, 2, 40], send.Payload.ToOctets(Context));
    }

    [Fact]
    public void A_hello_cut_into_records_keeps_its_octets()
    {
        var whole = Send("send hello").Payload.ToOctets(Context);
        var cut = Send("send hello records=3").Payload.ToOctets(Context);
        var records = Compare.TlsRecord.Split(cut, out var rest);
        Assert.Equal(3, records.Count);
        Assert.Equal(0, rest.Length);
        Assert.Equal(whole[5..], records.SelectMany(r => r.Body.ToArray()));
    }

    [Theory]
    [InlineData("send hello")]
    [InlineData("# x\nsend nonsense 1")]
    [InlineData("# x\nshout hex 00")]
    [InlineData("# x\nwait soon")]
    [InlineData("# x\nfor n\nsend hex 00")]
    [InlineData("# x\nsend text unquoted")]
    public void A_line_that_nobody_understands_is_refused_with_its_place(string text) =>
        Assert.Throws<ProbeFormatException>(() => ProbeFile.Parse("x", text).ToList());

    private static SendStep Send(string line) =>
        Assert.IsType<SendStep>(ProbeFile.Parse("x", $"# shows\n{line}\n").Single().Steps.Single());
}
