using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Karez.Tls;

namespace Karez.Secure.Tests;

/// <summary>
/// This assembly as a small program: with KAREZ_CHAIN set it judges the chains of a folder and ends, before any test.
/// </summary>
internal static class ChainProbe
{
    public const string Variable = "KAREZ_CHAIN";
    public const string ByDefault = "default:";

#pragma warning disable CA2255 // It is a program, and this is its other way in.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } order)
            return;
        var asFramework = order.StartsWith(ByDefault, StringComparison.Ordinal);
        var folder = asFramework ? order[ByDefault.Length..] : order;
        var (leaf, middle, root) = (Load(folder, "leaf"), Load(folder, "middle"), Load(folder, "root"));
        if (asFramework)
        {
            Console.WriteLine($"built {BuildAsFramework(leaf, [middle], root)} {BuildAsFramework(leaf, [], root)}");
        }
        else
        {
            var verifier = new ChainVerifier(TimeProvider.System, [root]);
            TlsFault[] faults =
            [
                verifier.Judge([leaf.RawData, middle.RawData], "site.example"),
                verifier.Judge([leaf.RawData], "site.example"),
            ];
            Console.WriteLine($"judged {string.Join(' ', faults)}");
        }

        Environment.Exit(0);
    }

    /// <summary>The framework's defaults, but for the root.</summary>
    private static bool BuildAsFramework(X509Certificate2 leaf, X509Certificate2Collection others, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        return chain.Build(leaf);
    }

    private static X509Certificate2 Load(string folder, string name) =>
        X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, $"{name}.cer"));
}
