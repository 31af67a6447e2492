using System.Text;
using CsCheck;
using Karez.Camouflage.Browser;
using Karez.Crypto;

namespace Karez.Camouflage.Tests.Browser;

public class BrowserProfileTests
{
    private static readonly string Good = Encoding.UTF8.GetString(EmbeddedProfiles.Text("chrome-133"));

    [Fact]
    public void Every_profile_that_is_compiled_in_reads_and_bears_its_files_name()
    {
        Assert.Contains("chromium-156", BrowserProfile.Names);
        Assert.Contains("firefox-153", BrowserProfile.Names);
        foreach (var name in BrowserProfile.Names)
        {
            Assert.True(BrowserProfile.TryRead(EmbeddedProfiles.Text(name), out var profile, out _), name);
            Assert.Equal(name, profile!.Name);
            Assert.NotEmpty(profile.About);
        }
    }

    [Theory]
    [InlineData("chromium", "chromium-156")]
    [InlineData("chrome", "chrome-150")]
    [InlineData("firefox", "firefox-153")]
    [InlineData("chrome-133", "chrome-133")]
    [InlineData("opera", null)]
    [InlineData("", null)]
    public void A_family_name_means_its_newest_profile(string name, string? expected)
    {
        Assert.Equal(expected is not null, BrowserProfile.TryGet(name, out var profile));
        Assert.Equal(expected, profile?.Name);
    }

    [Fact]
    public void The_default_is_the_Chromium_that_Debian_ships()
    {
        Assert.Equal("chromium-156", BrowserProfile.Default.Name);
        Assert.Equal([NamedGroup.X25519MLKEM768, NamedGroup.X25519], BrowserProfile.Default.KeyShares);
        Assert.False(BrowserProfile.Default.SharesX25519Key);
    }

    [Theory]
    [InlineData("\"about\"", "\"aboot\"", "$.aboot")]
    [InlineData("\"permuted\"", "\"shuffled\"", "$.order")]
    [InlineData("[8 00]", "[8 00", "$.extensions[5].body")]
    [InlineData("[8 01]", "[8 01 ] ]", "$.extensions[12].body")]
    [InlineData("[8 01]", "{sixpence}", "$.extensions[12].body")]
    [InlineData("[8 01]", "{random:0}", "$.extensions[12].body")]
    [InlineData("[8 01]", "{random:9999}", "$.extensions[12].body")]
    [InlineData("[8 01]", "{one:00|zz}", "$.extensions[12].body")]
    [InlineData("[8 01]", "0", "$.extensions[12].body")]
    [InlineData("{share:001d}", "{share:0100}", "$.extensions[11].body")]
    [InlineData("{share:001d}", "{share:11ec}", "$.extensions[11].body")]
    [InlineData("\"0017\"", "\"000a\"", "$.extensions[4].type")]
    [InlineData("\"0017\"", "\"0029\"", "$.extensions[2].type")]
    [InlineData("\"0017\"", "\"17\"", "$.extensions[2].type")]
    [InlineData("\"0017\"", "\"{grease:third}\"", "$.extensions[17].type")]
    [InlineData("\"002b\"", "\"003b\"", "$.extensions")]
    [InlineData("1301 1302 1303 ", "", "$.head")]
    [InlineData("[8 {random:32}]", "[8 {random:16}]", "$.head")]
    [InlineData("\"h2\", ", "\"\", ", "$.alpn")]
    [InlineData("{share:11ec} {share:001d}", "{share:0017}", "$.extensions")]
    [InlineData("{random:1}", "{random:4096} {random:4096} {random:4096} {random:4096}", "$")]
    public void What_is_wrong_is_refused_with_its_path(string found, string replacement, string path)
    {
        var at = Good.IndexOf(found, StringComparison.Ordinal);
        Assert.True(at > 0);
        var bad = found.StartsWith("[8 0", StringComparison.Ordinal)
            ? Good.Replace($"\"{found}\"", $"\"{replacement}\"", StringComparison.Ordinal)
            : Good.Replace(found, replacement, StringComparison.Ordinal);
        Assert.False(BrowserProfile.TryRead(Encoding.UTF8.GetBytes(bad), out var profile, out var problems));
        Assert.Null(profile);
        Assert.Contains(path, problems.Select(problem => problem.Path));
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var bad = Good.Replace("{share:001d}", "{nothing}", StringComparison.Ordinal)
            .Replace("\"0017\"", "\"0029\"", StringComparison.Ordinal);
        Assert.False(BrowserProfile.TryRead(Encoding.UTF8.GetBytes(bad), out _, out var problems));
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void Hostile_files_never_throw()
    {
        var good = Encoding.UTF8.GetBytes(Good);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bad = good[..];
            bad[at] = value;
            var cut = BrowserProfile.TryRead(bad.AsSpan(0, length), out var profile, out var problems);
            return cut == (profile is not null) && cut == (problems.Count == 0);
        });
        Assert.False(BrowserProfile.TryRead("null"u8, out _, out _));
        Assert.False(BrowserProfile.TryRead(new byte[1 << 17], out _, out _));
    }
}
