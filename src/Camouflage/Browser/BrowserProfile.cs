using System.Text.Json;
using Karez.Crypto;

namespace Karez.Camouflage.Browser;

/// <summary>How one browser writes its ClientHello, compiled from a profile file (docs/protocols/browser.md).</summary>
public sealed class BrowserProfile
{
    private const int MaxText = 1 << 16;

    private BrowserProfile(ProfileFile file, TemplateCompiler compiler)
    {
        Name = file.Name;
        About = file.About;
        Alpn = file.Alpn;
        Permuted = file.Order == ProfileOrder.Permuted;
        SharesX25519Key = file.HybridX25519 == HybridKey.Shared;
        Head = compiler.Compile("$.head", file.Head);
        Extensions = [.. file.Extensions.Select((extension, i) => Compile(compiler, extension, $"$.extensions[{i}]"))];
        GreaseCount = compiler.GreaseCount;
        KeyShares = compiler.Shares;
    }

    /// <summary>The profile that is used when none is named.</summary>
    public static BrowserProfile Default { get; } = Embedded("chromium-156");

    /// <summary>Names of the profiles that are compiled in.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. EmbeddedProfiles.Names.Order(StringComparer.Ordinal)];

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>Which browser it is, in one sentence.</summary>
    public string About { get; }

    /// <summary>The protocol names it offers.</summary>
    public IReadOnlyList<string> Alpn { get; }

    /// <summary>Groups of its key shares, in the order offered.</summary>
    public IReadOnlyList<NamedGroup> KeyShares { get; }

    /// <summary>True when the hybrid share and the standalone share use one X25519 key (Firefox).</summary>
    public bool SharesX25519Key { get; }

    internal bool Permuted { get; }

    internal int GreaseCount { get; }

    internal TemplateOp[] Head { get; }

    internal ExtensionTemplate[] Extensions { get; }

    /// <summary>Finds a compiled-in profile; <c>chrome</c> alone, or <c>firefox</c>, is the newest.</summary>
    public static bool TryGet(string name, out BrowserProfile? profile)
    {
        profile = null;
        var found = Names.Contains(name)
            ? name
            : Names.Where(n => n.StartsWith($"{name}-", StringComparison.Ordinal)).LastOrDefault();
        if (found is null)
            return false;
        profile = found == Default.Name ? Default : Embedded(found);
        return true;
    }

    /// <summary>Reads a profile file.</summary>
    /// <param name="json">The file's octets.</param>
    /// <param name="profile">The profile, when nothing is wrong.</param>
    /// <param name="problems">Everything that is wrong, when something is.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> json,
        out BrowserProfile? profile,
        out IReadOnlyList<ProfileProblem> problems)
    {
        profile = null;
        if (json.Length > MaxText)
        {
            problems = [new ProfileProblem("$", $"longer than {MaxText} octets")];
            return false;
        }

        ProfileFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, ProfileJson.Default.ProfileFile);
        }
        catch (JsonException wrong)
        {
            problems = [new ProfileProblem(wrong.Path ?? "$", wrong.Message)];
            return false;
        }

        var compiler = new TemplateCompiler();
        if (file is null)
        {
            compiler.Report("$", "is null");
        }
        else
        {
            var compiled = new BrowserProfile(file, compiler);
            ProfileRules.Check(compiled, compiler);
            profile = compiler.Problems.Count == 0 ? compiled : null;
        }

        problems = compiler.Problems;
        return profile is not null;
    }

    /// <summary>The profile's name.</summary>
    public override string ToString() => Name;

    private static ExtensionTemplate Compile(TemplateCompiler compiler, ProfileExtension extension, string path)
    {
        var type = compiler.Compile($"{path}.type", extension.Type);
        if (type is not [{ Kind: TemplateOpKind.Grease }]
            and not [{ Kind: TemplateOpKind.Literal, Choices: [{ Length: 2 }] }])
        {
            compiler.Report($"{path}.type", "is neither two octets nor one GREASE value");
            type = [new TemplateOp(TemplateOpKind.Literal, [[0, 0]], [])];
        }

        return new ExtensionTemplate(
            type[0], compiler.Compile($"{path}.body", extension.Body), extension.Place, extension.When);
    }

    private static BrowserProfile Embedded(string name) =>
        TryRead(EmbeddedProfiles.Text(name), out var profile, out var problems)
            ? profile!
            : throw new InvalidOperationException($"{name}: {string.Join("; ", problems)}");
}
