using System.Security.Cryptography;
using System.Text;
using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class HkdfTests
{
    [Fact] // RFC 5869 appendix A.1.
    public void Extracts_and_derives_with_salt_and_info()
    {
        var (ikm, salt, info) = (Hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), Run(0, 13), Run(0xF0, 10));
        var (prk, okm) = (new byte[32], new byte[42]);
        Hkdf.Extract(HashAlgorithmName.SHA256, ikm, salt, prk);
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, ikm, salt, info, okm);
        Assert.Equal("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", Text(prk));
        Assert.Equal(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865", Text(okm));
    }

    [Fact] // RFC 5869 appendix A.2.
    public void Derives_from_long_inputs()
    {
        var okm = new byte[82];
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, Run(0x00, 80), Run(0x60, 80), Run(0xB0, 80), okm);
        Assert.Equal(
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            Text(okm));
    }

    [Fact] // RFC 5869 appendix A.3.
    public void Derives_without_salt_and_info()
    {
        var okm = new byte[42];
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, Hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), [], [], okm);
        Assert.Equal(
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8", Text(okm));
    }

    [Fact] // The wire specification, 8.1: salt is Random[0..20), which counts up from 00 there.
    public void Derives_the_auth_key_of_vector_a()
    {
        var shared = Hex("dcd77236231add34de0561c47859a65d304f2a8550e8df98df053cf5dfabea0b");
        var authKey = new byte[32];
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, shared, Run(0, 20), "REALITY"u8, authKey);
        Assert.Equal("3f5fd81997d635ef5fce5ae5c434d99755130d5b5ad1add201a50fe542d525d1", Text(authKey));
    }

    [Theory] // RFC 8448 section 3: secret, label, context, output; the schedule step by step.
    [InlineData(
        "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a", "derived",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba")]
    [InlineData(
        "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", "c hs traffic",
        "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
        "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21")]
    [InlineData(
        "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", "s hs traffic",
        "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")]
    [InlineData(
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "key", "",
        "3fce516009c21727d0f2e4e86ee403bc")]
    [InlineData(
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "iv", "",
        "5d313eb2671276ee13000b30")]
    [InlineData(
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "finished", "",
        "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8")]
    public void Expands_the_labels_of_rfc_8448(string secret, string label, string context, string output)
    {
        var ours = new byte[output.Length / 2];
        Hkdf.ExpandLabel(
            HashAlgorithmName.SHA256, Hex(secret), Encoding.ASCII.GetBytes(label), Hex(context), ours);
        Assert.Equal(output, Text(ours));
    }

    [Fact] // RFC 8448 section 3.
    public void Extracts_the_early_and_the_handshake_secret_of_rfc_8448()
    {
        var secret = new byte[32];
        Hkdf.Extract(HashAlgorithmName.SHA256, new byte[32], [], secret);
        Assert.Equal("33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a", Text(secret));
        Hkdf.Extract(
            HashAlgorithmName.SHA256, Hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"),
            Hex("6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba"), secret);
        Assert.Equal("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", Text(secret));
    }

    [Fact]
    public void A_label_or_context_over_its_limit_throws()
    {
        var (sha384, secret, output) = (HashAlgorithmName.SHA384, new byte[48], new byte[48]);
        Hkdf.ExpandLabel(sha384, secret, new byte[Hkdf.MaxLabelSize], new byte[Hkdf.MaxContextSize], output);
        Assert.Contains(output, octet => octet != 0);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Hkdf.ExpandLabel(sha384, secret, new byte[Hkdf.MaxLabelSize + 1], [], output));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Hkdf.ExpandLabel(sha384, secret, [], new byte[Hkdf.MaxContextSize + 1], output));
    }
}
