using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Karez.Camouflage.Browser;
using Karez.Crypto;

namespace Karez.Camouflage.Tests.Browser;

public class BrowserHelloVectors
{
    private const string ZeroedHash = "68787a46ce241b8bbf3f93b68c5b7b7b3ca2abc91857a71f0b14882f4de8c8f9";

    [Fact]
    public void Vector_B_is_rebuilt_octet_for_octet()
    {
        var entropy = new ScriptedEntropy(
            [0x10, 0x30, 0x20, 0x50, 0x40], // GREASE: cipher, first, group, version, last
            Shake("random B", 32), new byte[32], [0x77], Shake("ech enc", 32), Shake("ech payload", 144));
        var request = new HelloRequest
        {
            ServerName = "example.com",
            KeyShares =
            [
                new X25519KeyShare(Run(0x80)),
                new HybridKeyShare(Shake("mlkem seed", 64), Run(0xA0)),
            ],
        };
        var offer = BrowserHello.Build(UnpermutedChrome133(), request, entropy);

        Assert.True(entropy.IsSpent);
        Assert.Equal([NamedGroup.X25519MLKEM768, NamedGroup.X25519], offer.KeyShares.Select(share => share.Group));
        Assert.Equal(ZeroedHash, Convert.ToHexStringLower(SHA256.HashData(offer.Hello)));
        var expected = Convert.FromHexString(File.ReadAllText(Vector()).Trim());
        expected.AsSpan(39, 32).CopyTo(offer.Hello.AsSpan(39, 32));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(offer.Hello));
    }

    // The vector is not permuted, and its ECH key is plain octets.
    private static BrowserProfile UnpermutedChrome133()
    {
        var text = File.ReadAllText(Path.Combine(Here(), "../../../src/Camouflage/Browser/Profiles/chrome-133.json"))
            .Replace("\"permuted\"", "\"listed\"", StringComparison.Ordinal)
            .Replace("{x25519}", "{random:32}", StringComparison.Ordinal)
            .Replace("{random:144|176|208|240}", "{random:144}", StringComparison.Ordinal);
        Assert.True(BrowserProfile.TryRead(Encoding.UTF8.GetBytes(text), out var profile, out _));
        return profile!;
    }

    private static byte[] Shake(string input, int length) => Shake128.HashData(Encoding.ASCII.GetBytes(input), length);

    private static byte[] Run(byte first) => [.. Enumerable.Range(first, 32).Select(value => (byte)value)];

    private static string Vector() => Path.Combine(Here(), "../../Vectors/vectorB_clienthello.hex");

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
