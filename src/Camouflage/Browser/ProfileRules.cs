using System.Buffers.Binary;
using Karez.Crypto;

namespace Karez.Camouflage.Browser;

/// <summary>What a profile must hold besides words that compile: a hello that the engine can complete.</summary>
internal static class ProfileRules
{
    private const int MaxHello = 1 << 14;
    private const ushort PreSharedKey = 41;
    private static readonly (ushort Type, string Name)[] Needed =
        [(10, "supported_groups"), (13, "signature_algorithms"), (43, "supported_versions"), (51, "key_share")];

    public static void Check(BrowserProfile profile, TemplateCompiler compiler)
    {
        CheckHead(profile.Head, compiler);
        CheckExtensions(profile.Extensions, compiler);
        CheckShares(profile, compiler);
        if (profile.Alpn.Count > 8 || profile.Alpn.Any(name => name.Length is 0 or > 255 || !Ascii(name)))
            compiler.Report("$.alpn", "holds more than 8 names, or one that is empty, too long or not ASCII");
        var longest = profile.Extensions.Sum(extension => 4 + Longest(extension.Body, profile)) + 2;
        if (longest + Longest(profile.Head, profile) > MaxHello)
            compiler.Report("$", $"a hello could be longer than {MaxHello} octets, one record");
    }

    private static void CheckHead(TemplateOp[] head, TemplateCompiler compiler)
    {
        if (head is not [
            { Kind: TemplateOpKind.Literal, Choices: [[3, 3]] }, { Kind: TemplateOpKind.Random, Numbers: [32] },
            { Kind: TemplateOpKind.Open8 }, { Kind: TemplateOpKind.Random, Numbers: [32] },
            { Kind: TemplateOpKind.Close }, { Kind: TemplateOpKind.Open16 }, .. var suites,
            { Kind: TemplateOpKind.Open8 }, { Kind: TemplateOpKind.Literal, Choices: [[0]] },
            { Kind: TemplateOpKind.Close }])
        {
            compiler.Report("$.head", "is not '0303 {random:32} [8 {random:32}] [16 suites ] [8 00 ]'");
            return;
        }

        var ours = suites.Where(op => op.Kind == TemplateOpKind.Literal && op.Choices[0].Length == 2)
            .Any(op => BinaryPrimitives.ReadUInt16BigEndian(op.Choices[0]) is >= 0x1301 and <= 0x1303);
        if (!ours || suites[^1].Kind != TemplateOpKind.Close)
            compiler.Report("$.head", "offers none of the cipher suites 1301, 1302, 1303, each as a word of its own");
    }

    private static void CheckExtensions(ExtensionTemplate[] extensions, TemplateCompiler compiler)
    {
        var seen = new HashSet<ushort>();
        var grease = new HashSet<int>();
        foreach (var (index, extension) in extensions.Index())
        {
            var path = $"$.extensions[{index}].type";
            if (extension.Type.Kind == TemplateOpKind.Grease)
            {
                if (!grease.Add(extension.Type.Numbers[0]) || grease.Count > 2)
                    compiler.Report(path, "is a GREASE name used before, or the third GREASE extension");
                continue;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(extension.Type.Choices[0]);
            if (!seen.Add(type))
                compiler.Report(path, "is there twice");
            if (type == PreSharedKey)
                compiler.Report(path, "pre_shared_key comes from a ticket, not from a profile");
        }

        foreach (var (type, name) in Needed.Where(needed => !seen.Contains(needed.Type)))
            compiler.Report("$.extensions", $"{name} ({type:x4}) is missing");
    }

    private static void CheckShares(BrowserProfile profile, TemplateCompiler compiler)
    {
        var plain = profile.KeyShares.Contains(NamedGroup.X25519);
        var hybrid = profile.KeyShares.Contains(NamedGroup.X25519MLKEM768);
        if (!plain && !hybrid)
            compiler.Report("$.extensions", "no key share holds an X25519 key");
        if (profile.SharesX25519Key && !(plain && hybrid))
            compiler.Report("$.hybridX25519", "'shared' needs both an X25519 and a hybrid share");
    }

    private static int Longest(TemplateOp[] template, BrowserProfile profile) => template.Sum(op => op.Kind switch
    {
        TemplateOpKind.Literal or TemplateOpKind.OneOf => op.Choices.Max(choice => choice.Length),
        TemplateOpKind.Open8 => 1,
        TemplateOpKind.Open16 or TemplateOpKind.Grease => 2,
        TemplateOpKind.Open24 => 3,
        TemplateOpKind.Random => op.Numbers.Max(),
        TemplateOpKind.Name => HelloRequest.MaxName,
        TemplateOpKind.Alpn => profile.Alpn.Sum(name => 1 + name.Length),
        TemplateOpKind.Share => 4 + 1216,
        TemplateOpKind.PublicKey => X25519.KeySize,
        _ => 0,
    });

    private static bool Ascii(string text) => System.Text.Ascii.IsValid(text);
}
