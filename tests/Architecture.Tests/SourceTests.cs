using System.Text.RegularExpressions;

namespace Karez.Architecture.Tests;

/// <summary>What the house says about files, held over every file.</summary>
public partial class SourceTests
{
    [Fact]
    public void Files_of_src_have_at_most_500_lines_and_tests_800()
    {
        Assert.All(Repository.CSharp("src"), f => AssertShort(f, 500));
        Assert.All(Repository.CSharp("tests"), f => AssertShort(f, 800));
    }

    [Fact]
    public void Lines_of_src_have_at_most_120_characters() =>
        Assert.All(Repository.CSharp("src"), f =>
            Assert.DoesNotContain(File.ReadLines(f).Select((l, i) => (l.Length, Line: i + 1)), l => l.Length > 120));

    [Fact]
    public void Only_Sys_declares_platform_invocation_and_Crypto_of_pure_functions() =>
        Assert.All(Repository.CSharp("src").Where(f => !IsIn(f, "Sys") && !IsLibcrypto(f)), f =>
        {
            Assert.False(Invocation().IsMatch(File.ReadAllText(f)), Repository.Relative(f));
            Assert.False(Unsafe().IsMatch(File.ReadAllText(f)), Repository.Relative(f));
        });

    [Fact]
    public void Crypto_calls_the_functions_of_keys_in_libcrypto_and_nothing_else()
    {
        var text = File.ReadAllText(Repository.CSharp("src").Single(IsLibcrypto));
        var called = Imported().Matches(text).Select(m => m.Groups["name"].Value).ToList();
        Assert.NotEmpty(called);
        Assert.Equal(Invocation().Count(text), called.Count); // each one by this name, in this form
        Assert.Contains("private const string Library = \"libcrypto.so.3\";", text, StringComparison.Ordinal);
        Assert.All(called, n => Assert.Matches("^(EVP_PKEY_[a-z_A-Z]+|ERR_clear_error)$", n));
        // Nothing that draws random octets by itself.
        Assert.DoesNotContain(called, n => n.Contains("gen", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Only_the_named_projects_open_sockets()
    {
        string[] may = ["Net", "Tun", "Beds", "Site", "Control", "Lab", "Sys"];
        Assert.All(Repository.CSharp("src").Where(f => !may.Any(p => IsIn(f, p))), f =>
            Assert.False(Socket().IsMatch(File.ReadAllText(f)), Repository.Relative(f)));
    }

    [Fact]
    public void Observe_shares_no_file_with_another_project()
    {
        var project = File.ReadAllText(Repository.Projects["Observe"]);
        Assert.DoesNotContain("<Compile", project, StringComparison.Ordinal);
        Assert.DoesNotContain("Tls", project, StringComparison.Ordinal);
        var own = Repository.CSharp("src", "Observe").Select(Body).ToHashSet(StringComparer.Ordinal);
        Assert.All(Repository.CSharp("src").Where(f => !IsIn(f, "Observe")), f => Assert.DoesNotContain(Body(f), own));
        foreach (var other in Repository.Projects.Where(p => p.Key != "Observe"))
        {
            var text = File.ReadAllText(other.Value).Replace("../Observe/Observe.csproj", "", StringComparison.Ordinal);
            Assert.DoesNotContain("Observe/", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Namespaces_are_folders() =>
        Assert.All(Repository.CSharp("src"), f =>
        {
            var folder = Path.GetDirectoryName(Path.GetRelativePath(Repository.At("src"), f))!;
            var expected = "Karez." + folder.Replace('/', '.');
            var declared = Namespace().Match(File.ReadAllText(f));
            // Top-level programs and assembly attributes declare none.
            Assert.True(!declared.Success || declared.Groups[1].Value == expected, Repository.Relative(f));
        });

    [Fact]
    public void No_folder_or_type_is_a_drawer()
    {
        string[] drawers = ["Common", "Utils", "Util", "Helpers", "Helper", "Managers", "Manager", "Infrastructure"];
        Assert.All(Repository.CSharp("src"), f => Assert.DoesNotContain(
            Repository.Relative(f).Split('/', '.'),
            part => drawers.Any(d => part.EndsWith(d, StringComparison.Ordinal))));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var files = Repository.CSharp("src").Concat(Repository.CSharp("tests")).Where(f => !IsThisOne(f));
        Assert.All(files, f => Assert.False(Later().IsMatch(File.ReadAllText(f)), Repository.Relative(f)));
    }

    private static bool IsIn(string file, string project) =>
        Repository.Relative(file).StartsWith($"src/{project}/", StringComparison.Ordinal);

    private static bool IsLibcrypto(string file) => Repository.Relative(file) == "src/Crypto/Libcrypto.cs";

    private static bool IsThisOne(string file) => Path.GetFileName(file) == "SourceTests.cs";

    private static string Body(string file) => File.ReadAllText(file);

    private static void AssertShort(string file, int limit) =>
        Assert.True(File.ReadLines(file).Count() <= limit, $"{Repository.Relative(file)} has more than {limit} lines");

    [GeneratedRegex(@"\[\s*(LibraryImport|DllImport|UnmanagedCallersOnly)\b")]
    private static partial Regex Invocation();

    [GeneratedRegex(@"\[LibraryImport\(Library\)\]\s+private static partial \w+ (?<name>\w+)\(")]
    private static partial Regex Imported();

    [GeneratedRegex(@"\bunsafe (static|partial|class|struct|public|private|internal)|\bunsafe\s*\{")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bnew (Socket|TcpClient|TcpListener|UdpClient)\b|using System\.Net\.Sockets;")]
    private static partial Regex Socket();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException")]
    private static partial Regex Later();
}
