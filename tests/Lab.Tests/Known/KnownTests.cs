using Karez.Lab.Known;

namespace Karez.Lab.Tests.Known;

public class KnownTests
{
    private static readonly KnownFile s_known = new(1, "smoke", "flow", [new("t16-rtt", 0.9, 400, 10, 0.7, "it relays", "a relay near the sites")]);

    [Theory]
    [InlineData(36, 40, 0, 200, KnownKind.AsListed)]
    [InlineData(22, 40, 0, 200, KnownKind.AsListed)]
    [InlineData(20, 40, 60, 200, KnownKind.Gone)]
    [InlineData(0, 40, 0, 200, KnownKind.Gone)]
    [InlineData(4, 40, 6, 200, KnownKind.Gone)]
    [InlineData(2, 2, 0, 3, KnownKind.Undecided)]
    public void A_listed_detector_must_still_catch_karez(int karez, int of, int browser, int browserOf, KnownKind kind)
    {
        var finding = Assert.Single(KnownCheck.Judge(s_known, [new("t16-rtt", karez, of, browser, browserOf)]));
        Assert.Equal(kind, finding.Kind);
        Assert.Equal(kind == KnownKind.Gone, finding.Fails);
    }

    [Theory]
    [InlineData(20, 40, 2, 200, true)]
    [InlineData(1, 40, 0, 200, false)]
    [InlineData(20, 40, 90, 200, false)]
    [InlineData(0, 40, 0, 200, false)]
    public void A_detector_outside_the_list_fails_the_run_when_its_intervals_lie_apart(
        int karez, int of, int browser, int browserOf, bool fails)
    {
        var findings = KnownCheck.Judge(s_known, [new("t16-rtt", 36, 40, 0, 200), new("t09-fet", karez, of, browser, browserOf)]);
        Assert.Equal(fails, findings.Any(finding => finding is { Detector: "t09-fet", Kind: KnownKind.New, Fails: true }));
    }

    [Fact]
    public void A_listed_detector_that_did_not_run_is_said() =>
        Assert.Equal("it did not run", Assert.Single(KnownCheck.Judge(s_known, [])).What);

    [Fact]
    public void The_file_of_this_repository_is_read()
    {
        var file = KnownFile.Read(At("lab/known.json"));
        Assert.Equal(KnownFile.CurrentVersion, file.Version);
    }

    [Theory]
    [InlineData("""{"version":2,"scenario":"smoke","unit":"flow","entries":[]}""")]
    [InlineData("""{"version":1,"scenario":"smoke","unit":"flow","entries":[{"detector":"t99","rate":1,"n":1,"runs":1,"least":1,"why":"a","change":"b"}]}""")]
    [InlineData("""{"version":1,"scenario":"smoke","unit":"flow","entries":[{"detector":"t16-rtt","rate":0,"n":1,"runs":1,"least":0,"why":"a","change":"b"}]}""")]
    [InlineData("""{"version":1,"scenario":"smoke","unit":"flow","entries":[{"detector":"t16-rtt","rate":1,"n":1,"runs":1,"least":1,"why":"a"}]}""")]
    [InlineData("""{"version":1,"scenario":"smoke","unit":"flow","entries":[{"detector":"t16-rtt","rate":0.5,"n":1,"runs":1,"least":0.6,"why":"a","change":"b"}]}""")]
    [InlineData("[")]
    public void A_wrong_file_is_refused_with_a_hint(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            Assert.NotEmpty(Assert.Throws<LabException>(() => KnownFile.Read(path)).Hint);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string At(string path, [System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../..", path);
}
