using System.Buffers.Text;
using System.Text;
using CsCheck;
using Karez.Client.Subscriptions;
using Karez.Config;
using Karez.Config.Links;
using Karez.Crypto;

namespace Karez.Client.Tests.Subscriptions;

public sealed class SubscriptionTests : IDisposable
{
    private static readonly byte[] s_seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-subscription-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bundle_is_taken_kept_and_there_at_the_next_start()
    {
        var first = Open();
        Assert.Empty(first.Links);
        Assert.Equal(SubscriptionVerdict.Taken, first.Take(Bundle(7, "a.example", "b.example")));
        Assert.Equal(["a.example", "b.example"], first.Links.Select(link => link.Host));
        Assert.Equal(SubscriptionVerdict.Same, first.Take(Bundle(7, "a.example", "b.example")));
        Assert.Equal(["a.example", "b.example"], Open().Links.Select(link => link.Host));
        var file = Directory.GetFiles(Path.Combine(_folder, "subscriptions")).Single();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void An_older_one_and_another_of_the_same_number_are_refused_also_after_a_start()
    {
        Open().Take(Bundle(7, "a.example"));
        var again = Open();
        Assert.Equal(SubscriptionVerdict.Older, again.Take(Bundle(6, "old.example")));
        Assert.Equal(SubscriptionVerdict.Older, again.Take(Bundle(7, "other.example")));
        Assert.Equal("a.example", Assert.Single(again.Links).Host);
        Assert.Equal(SubscriptionVerdict.Taken, again.Take(Bundle(8, "new.example")));
    }

    [Fact]
    public void What_is_unsigned_or_signed_by_another_is_refused_where_there_is_a_key()
    {
        var one = Open();
        Assert.Equal(SubscriptionVerdict.NotSigned, one.Take(Encoding.UTF8.GetBytes(Link("a.example"))));
        byte[] other = [.. s_seed.Reverse()];
        var forged = SignedBundle.Write(9, [Parsed("a.example")], other);
        Assert.Equal(SubscriptionVerdict.NotSigned, one.Take(Encoding.UTF8.GetBytes(forged)));
        Assert.Empty(one.Links);
        Assert.Equal(SubscriptionVerdict.Empty, one.Take(Bundle(1)));
    }

    [Fact]
    public void A_changed_octet_anywhere_is_refused()
    {
        var whole = Bundle(7, "a.example");
        for (var i = 0; i < whole.Length - 1; i++) // the last is an LF that may be missing
        {
            byte[] changed = [.. whole];
            changed[i] ^= 1;
            Assert.Null(SignedBundle.Read(changed, PublicKey()));
            Assert.Null(SignedBundle.Read(whole.AsSpan(0, i), PublicKey()));
        }

        Assert.NotNull(SignedBundle.Read(whole, PublicKey()));
        Assert.Equal(7, SignedBundle.Read(whole.AsSpan(0, whole.Length - 1), PublicKey())!.Serial);
    }

    [Fact]
    public void A_bundle_is_written_as_its_page_draws_it()
    {
        var text = Encoding.UTF8.GetString(Bundle(42, "a.example"));
        var lines = text.Split('\n');
        Assert.Equal(["karez-bundle 1", "serial 42", Parsed("a.example").Format()], lines[..3]);
        Assert.StartsWith("signature ", lines[3], StringComparison.Ordinal);
        Assert.Equal(["", ""], [lines[4], string.Join("", lines[5..])]);
        Assert.Equal(86, lines[3].Length - "signature ".Length);
    }

    [Fact]
    public void Without_a_key_a_list_is_taken_as_it_is_and_a_damaged_kept_one_is_no_fault()
    {
        var config = new SubscriptionConfig(["https://one.example/list"]);
        var one = new Subscription(config, _folder);
        Assert.Equal(SubscriptionVerdict.Taken, one.Take(Encoding.UTF8.GetBytes(Link("a.example"))));
        Assert.Equal(SubscriptionVerdict.Empty, one.Take("<html>"u8.ToArray()));
        Assert.Equal(SubscriptionVerdict.Taken, one.Take(Bundle(1, "b.example")));
        File.WriteAllText(Directory.GetFiles(Path.Combine(_folder, "subscriptions")).Single(), "spoilt");
        Assert.Empty(new Subscription(config, _folder).Links);
    }

    [Fact]
    public void Whatever_is_served_nothing_is_thrown()
    {
        var bundle = Bundle(7, "a.example");
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, bundle.Length]).Sample((octets, kept) =>
        {
            var one = new Subscription(new SubscriptionConfig(["https://one.example/list"]), null);
            one.Take([.. bundle.AsSpan(0, kept), .. octets]);
            SignedBundle.Read([.. bundle.AsSpan(0, kept), .. octets], PublicKey());
        }, iter: 2_000);
    }

    private Subscription Open() => new(
        new SubscriptionConfig(["https://one.example/list"], Base64Url.EncodeToString(PublicKey())), _folder);

    private static byte[] PublicKey()
    {
        var key = new byte[32];
        Ed25519.DerivePublicKey(s_seed, key);
        return key;
    }

    private static byte[] Bundle(long serial, params string[] hosts) =>
        Encoding.UTF8.GetBytes(SignedBundle.Write(serial, hosts.Select(Parsed), s_seed));

    private static VlessLink Parsed(string host) => VlessLink.Parse(Link(host), [])!; // it is well formed

    private static string Link(string host) =>
        $"vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@{host}:443?encryption=none&security=reality&type=tcp"
        + "&flow=xtls-rprx-vision&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef";
}
