using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Karez.Camouflage.Reality;
using Karez.Crypto;

namespace Karez.Camouflage.Tests.Reality;

/// <summary>Vectors of the temporary certificate; see docs/protocols/reality.md.</summary>
public class RealityCertificateTests
{
    private const string Expected =
        "3081af3063a003020102020100300506032b657030003022180f30303031303130313030303030305a180f30303031303130313030"
        + "303030305a3000302a300506032b6570032100dde3bccec7f3a66a1115f45d720f4dc135c3ae7c4e22dca38fdb1efd6a495ff83005"
        + "06032b657003410061a2d1e774ad9f96a8871c93a13d0734b29e190c49a4fc2843e31c1d33d4fd23eb641e3301b4ec79716116adcb"
        + "0b62d77ddb2b403b449b08632fa53a2988a9bf";

    private const string MlDsaPrefix =
        "30820db130820d63a003020102020100300506032b657030003022180f30303031303130313030303030305a180f30303031303130"
        + "313030303030305a3000302a300506032b6570032100dde3bccec7f3a66a1115f45d720f4dc135c3ae7c4e22dca38fdb1efd6a495f"
        + "f8a3820cfc30820cf830820cf406010004820ced";

    private const string ServerHello =
        "020000760303443d33dc024ff4cba3cc0cd483872f5cfeaa1e8047baf89877278c1635fc7c4f2078e4c0008c2fbf064b342c0a6c79"
        + "38b55b1de3ff6434d1368bec73bbb15927d2130100002e002b0002030400330024001d0020736845d54e87de09d6bb114aa7042c50"
        + "a4a015bd9901d1a0026f5956533a1519";

    private const string ClientHello =
        "010000a80303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2078e4c0008c2fbf064b342c0a6c79"
        + "38b55b1de3ff6434d1368bec73bbb15927d20006130113021303010000590000001"
        + "0000e00000b6578616d706c652e636f6d000a00040002001d000d00080006040308040807002b0003020304003300260024001d0020"
        + "493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d";

    private static readonly byte[] AuthKey =
        Convert.FromHexString("3f5fd81997d635ef5fce5ae5c434d99755130d5b5ad1add201a50fe542d525d1");

    private static readonly byte[] Seed = Enumerable.Range(0xC0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public void Writes_the_certificate_of_the_vector()
    {
        var destination = new byte[RealityCertificate.Size];
        Assert.Equal(RealityCertificate.Size, RealityCertificate.Write(PublicKey(), AuthKey, [], destination));
        Assert.Equal(Expected, Convert.ToHexStringLower(destination));
        Assert.True(RealityCertificate.IsNodes(destination, AuthKey, [], [], []));
    }

    [Theory]
    [InlineData(RealityCertificate.Size)]
    [InlineData(RealityCertificate.SizeWithMlDsa)]
    public void A_mark_changes_the_serial_and_the_end_of_the_validity_and_nothing_else(int size)
    {
        var plain = new byte[size];
        var signature = new byte[size == RealityCertificate.Size ? 0 : MlDsa65.SignatureSize];
        RealityCertificate.Write(PublicKey(), AuthKey, signature, plain);
        Assert.False(OutcomeMark.IsOn(plain, AuthKey));

        var marked = plain.ToArray();
        OutcomeMark.Write(marked, AuthKey);
        Assert.True(OutcomeMark.IsOn(marked, AuthKey));
        Assert.False(OutcomeMark.IsOn(marked, new byte[32]));
        Assert.True(RealityCertificate.IsNodes(marked, AuthKey, [], [], []));
        var serial = size == RealityCertificate.Size ? 12 : 15;
        var changed = Enumerable.Range(0, size).Where(i => marked[i] != plain[i]).ToList();
        Assert.All(changed, i => Assert.True(i == serial || (i >= serial + 31 && i < serial + 46), $"octet {i}"));
        Assert.InRange(marked[serial], 1, 127);

        // Every reader of certificates still reads it.
        var read = System.Formats.Asn1.AsnDecoder.ReadEncodedValue(
            marked, System.Formats.Asn1.AsnEncodingRules.DER, out _, out _, out var length);
        Assert.Equal((48, size), (marked[0], length));
        var time = System.Formats.Asn1.AsnDecoder.ReadGeneralizedTime(
            marked.AsSpan(serial + 29), System.Formats.Asn1.AsnEncodingRules.DER, out _);
        Assert.InRange(time.Year, 2050, 2187);
        Assert.NotEqual(default, read);
    }

    [Fact]
    public void A_mark_is_another_for_every_key()
    {
        var marks = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var certificate = new byte[RealityCertificate.Size];
            OutcomeMark.Write(certificate, Enumerable.Repeat((byte)i, 32).ToArray());
            marks.Add(Convert.ToHexString(certificate));
        }

        Assert.Equal(200, marks.Count);
    }

    [Fact]
    public void No_other_length_wears_a_mark()
    {
        var other = new byte[200];
        OutcomeMark.Write(other, AuthKey);
        Assert.Equal(new byte[200], other);
        Assert.False(OutcomeMark.IsOn(other, AuthKey));
        Assert.False(OutcomeMark.IsOn([], AuthKey));
    }

    [Fact]
    public void Writes_the_certificate_with_ml_dsa_and_recognises_it()
    {
        var (client, server) = (Convert.FromHexString(ClientHello), Convert.FromHexString(ServerHello));
        var input = new byte[64];
        RealityCertificate.WriteMlDsaInput(AuthKey, PublicKey(), client, server, input);
        Assert.Equal(
            "5da52b8fd4e5aa43f2a9a609550bd9ba502ca854729376f2921fb14d3eed9541"
            + "1790403389f4fb62d80f119e6c85800a23f733066e4063413a77c295c62ce285",
            Convert.ToHexStringLower(input));

        var signature = Convert.FromHexString(File.ReadAllText(Vector("mldsa65_sig.hex")).Trim());
        var key = Base64Url.DecodeFromChars(File.ReadAllText(Vector("mldsa65_verify_key.b64url")).Trim());
        var certificate = new byte[RealityCertificate.SizeWithMlDsa];
        Assert.Equal(certificate.Length, RealityCertificate.Write(PublicKey(), AuthKey, signature, certificate));
        Assert.Equal(MlDsaPrefix, Convert.ToHexStringLower(certificate.AsSpan(0, 126)));
        Assert.True(RealityCertificate.IsNodes(certificate, AuthKey, key, client, server));

        server[^1] ^= 1;
        Assert.False(RealityCertificate.IsNodes(certificate, AuthKey, key, client, server));
    }

    [Fact]
    public void Recognises_a_certificate_with_another_serial_and_a_further_extension()
    {
        var (client, server) = (Convert.FromHexString(ClientHello), Convert.FromHexString(ServerHello));
        var signature = Convert.FromHexString(File.ReadAllText(Vector("mldsa65_sig.hex")).Trim());
        var key = Base64Url.DecodeFromChars(File.ReadAllText(Vector("mldsa65_verify_key.b64url")).Trim());
        var written = new byte[RealityCertificate.SizeWithMlDsa];
        RealityCertificate.Write(PublicKey(), AuthKey, signature, written);

        // What changes is what a longer serial and one more extension (1.2.3.4) do to the lengths around.
        var serial = Convert.FromHexString("02080102030405060708");
        var more = Convert.FromHexString("300a06032a0304040304" + "0107");
        byte[] certificate =
        [
            .. Convert.FromHexString("30820dc430820d76a003020102"), .. serial, .. written.AsSpan(16, 91),
            .. Convert.FromHexString("a3820d0830820d04"), .. written.AsSpan(115),
        ];
        certificate = [.. certificate[..^74], .. more, .. certificate[^74..]];

        Assert.True(RealityCertificate.IsNodes(certificate, AuthKey, key, client, server));
        server[^1] ^= 1;
        Assert.False(RealityCertificate.IsNodes(certificate, AuthKey, key, client, server));
    }

    [Fact]
    public void Refuses_another_key_a_cut_certificate_and_a_missing_extension()
    {
        var certificate = new byte[RealityCertificate.Size];
        RealityCertificate.Write(PublicKey(), AuthKey, [], certificate);
        Assert.False(RealityCertificate.IsNodes(certificate, new byte[32], [], [], []));
        Assert.False(RealityCertificate.IsNodes(certificate, AuthKey, new byte[MlDsa65.PublicKeySize], [], []));
        for (var length = 0; length < certificate.Length; length++)
            Assert.False(RealityCertificate.IsNodes(certificate.AsSpan(0, length), AuthKey, [], [], []));
    }

    private static byte[] PublicKey()
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.DerivePublicKey(Seed, key);
        return key;
    }

    private static string Vector(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../Vectors", name);
}
