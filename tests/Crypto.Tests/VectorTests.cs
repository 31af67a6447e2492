using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Karez.Crypto.Tests;

public class VectorTests
{
    [Fact]
    public void X25519_agrees_as_in_vector_A()
    {
        var node = Enumerable.Range(0x40, 32).Select(i => (byte)i).ToArray();
        var secret = new byte[32];
        Assert.True(X25519.TryAgree(
            node, Convert.FromHexString("493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d"), secret));
        Assert.Equal("dcd77236231add34de0561c47859a65d304f2a8550e8df98df053cf5dfabea0b", Convert.ToHexStringLower(secret));
    }

    [Fact]
    public void Ed25519_signs_as_in_RFC_8032_section_7_1_test_1()
    {
        var seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        var key = new byte[32];
        Ed25519.DerivePublicKey(seed, key);
        Assert.Equal("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", Convert.ToHexStringLower(key));
        var signature = new byte[64];
        Ed25519.Sign(seed, [], signature);
        Assert.Equal(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0"
            + "595bbe24655141438e7a100b",
            Convert.ToHexStringLower(signature));
        Assert.True(Ed25519.Verify(key, [], signature));
        signature[0] ^= 1;
        Assert.False(Ed25519.Verify(key, [], signature));
    }

    [Fact]
    public void Ml_dsa_key_of_the_seed_and_a_foreign_signature_verify()
    {
        var expected = Base64Url.DecodeFromChars(File.ReadAllText(Vector("mldsa65_verify_key.b64url")).Trim());
        var key = new byte[MlDsa65.PublicKeySize];
        MlDsa65.DerivePublicKey(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), key);
        Assert.Equal(expected, key);
        var message = Convert.FromHexString(
            "5da52b8fd4e5aa43f2a9a609550bd9ba502ca854729376f2921fb14d3eed95411790403389f4fb62d80f119e6c85800a23f733066e"
            + "4063413a77c295c62ce285");
        Assert.True(MlDsa65.Verify(
            key, message, Convert.FromHexString(File.ReadAllText(Vector("mldsa65_sig.hex")).Trim())));
    }

    [Fact]
    public void Hkdf_expands_as_in_RFC_5869_case_1()
    {
        var output = new byte[42];
        Hkdf.DeriveKey(
            HashAlgorithmName.SHA256,
            Enumerable.Repeat((byte)0x0b, 22).ToArray(),
            Convert.FromHexString("000102030405060708090a0b0c"),
            Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9"),
            output);
        Assert.Equal(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Labels_expand_as_in_RFC_8448_section_3()
    {
        var key = new byte[16];
        Hkdf.ExpandLabel(
            HashAlgorithmName.SHA256,
            Convert.FromHexString("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
            "key"u8,
            [],
            key);
        Assert.Equal("3fce516009c21727d0f2e4e86ee403bc", Convert.ToHexStringLower(key));
    }

    private static string Vector(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../Vectors", name);
}
