using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;

namespace Karez.Tls.Tests.Machines;

/// <summary>What a client can do wrong, and the name that the server has for it.</summary>
public class ClientMisbehaviourTests
{
    private static readonly Dictionary<string, (Func<byte[]> Hello, TlsFault Fault)> Cases = new()
    {
        ["no TLS 1.3"] = (() => Patch(ExtensionType.SupportedVersions, [2, 3, 3]), TlsFault.NoCommonVersion),
        ["no supported_versions"] = (() => Rename(ExtensionType.SupportedVersions), TlsFault.NoCommonVersion),
        ["no suite in common"] = (
            () => Write(new TestHello { Suites = [(CipherSuite)0xC02B] }), TlsFault.NoCommonSuite),
        ["no group in common"] = (
            () => Write(new TestHello { Groups = [(NamedGroup)0x0019], Shares = [] }), TlsFault.NoCommonGroup),
        ["no protocol in common"] = (() => Write(new TestHello { Alpn = ["h3"] }), TlsFault.NoCommonAlpn),
        ["no scheme in common"] = (
            () => Write(new TestHello { Schemes = [SignatureScheme.RsaPssRsaeSha256] }),
            TlsFault.NoCommonSignatureScheme),
        ["no key_share"] = (() => Rename(ExtensionType.KeyShare), TlsFault.MissingExtension),
        ["no supported_groups"] = (() => Rename(ExtensionType.SupportedGroups), TlsFault.MissingExtension),
        ["no signature_algorithms"] = (() => Rename(ExtensionType.SignatureAlgorithms), TlsFault.MissingExtension),
        ["a share of low order"] = (
            () => Patch(ExtensionType.KeyShare, [0, 36, 0, 29, 0, 32, .. new byte[32]]), TlsFault.InvalidKeyShare),
        ["a share that is cut off"] = (
            () => Patch(ExtensionType.KeyShare, [0, 36, 0, 29, 0, 33, .. new byte[32]]), TlsFault.MalformedMessage),
        ["a cookie that nobody gave"] = (
            () => Write(new TestHello { Extra = [(ExtensionType.Cookie, [0, 1, 1])] }), TlsFault.UnsolicitedExtension),
        ["a PSK that is not last"] = (
            () => Write(new TestHello { Extra = [(ExtensionType.PreSharedKey, [0, 0])] }), TlsFault.MalformedPsk),
        ["a doubled extension"] = (
            () => Write(new TestHello { Extra = [(ExtensionType.Alpn, [])] }), TlsFault.DuplicateExtension),
        ["compression"] = (
            () =>
            {
                var hello = Write(new TestHello());
                hello[39 + 32 + 2 + 6 + 1] = 1;
                return hello;
            },
            TlsFault.OfferedOrSelectedCompression),
        ["a length that is not the message's"] = (
            () =>
            {
                var hello = Write(new TestHello());
                hello[39 + 32] = 0xFF; // the suites reach beyond the end
                return hello;
            },
            TlsFault.MalformedMessage),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_server_names_it(string name)
    {
        var (makeHello, fault) = Cases[name];
        var hello = makeHello();
        using var server = new TlsServer(TestIdentity.EcdsaP256, new SeededEntropy(3));
        var output = new byte[4096];
        byte[] record = [22, 3, 1, (byte)(hello.Length >> 8), (byte)hello.Length, .. hello];
        Assert.Equal(TlsStatus.Failed, server.Advance(record, output, default, out _, out var produced));
        Assert.Equal(fault, server.Fault);
        Assert.Equal([21, 3, 3, 0, 2, 2, (byte)TlsFaults.Alert(fault)!.Value], output[..produced]);
    }

    [Fact]
    public void A_change_cipher_spec_before_the_hello_is_refused()
    {
        using var server = new TlsServer(TestIdentity.EcdsaP256, new SeededEntropy(3));
        Assert.Equal(
            TlsStatus.Failed, server.Advance([20, 3, 3, 0, 1, 1], new byte[100], default, out _, out _));
        Assert.Equal(TlsFault.UnexpectedRecord, server.Fault);
    }

    [Fact]
    public void A_second_hello_that_is_not_the_first_is_refused()
    {
        var options = TestIdentity.EcdsaP256 with { ForceRetry = true };
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), options);
        var first = true;
        pair.BeforeServer = waiting =>
        {
            if (waiting.Length < 100 || first)
            {
                first &= waiting.Length < 100;
                return waiting;
            }

            var hello = waiting.AsSpan().IndexOf((ReadOnlySpan<byte>)[1, 0]);
            waiting[hello + 10] ^= 1; // in random
            return waiting;
        };
        pair.Run();
        Assert.Equal(TlsFault.ChangedHello, pair.Server.Fault);
    }

    [Fact]
    public void A_second_hello_right_behind_the_first_is_refused()
    {
        var hello = Write(new TestHello());
        byte[] record = [22, 3, 1, (byte)(hello.Length >> 8), (byte)hello.Length, .. hello];
        using var server = new TlsServer(TestIdentity.EcdsaP256, new SeededEntropy(3));
        Assert.Equal(TlsStatus.Failed, server.Advance([.. record, .. record], new byte[4096], default, out _, out _));
        Assert.Equal(TlsFault.UnexpectedRecord, server.Fault);
    }

    private static byte[] Write(TestHello hello) => hello.Offer(new SeededEntropy(1)).Hello;

    /// <summary>Puts another body of the same length into an extension.</summary>
    private static byte[] Patch(ushort type, byte[] body)
    {
        var hello = Write(new TestHello());
        Assert.True(ClientHelloView.TryParse(hello, out var view));
        Assert.True(view.TryGetExtension(type, out var old));
        hello.AsSpan().Overlaps(old, out var at);
        Assert.Equal(old.Length, body.Length);
        body.CopyTo(hello.AsSpan(at));
        return hello;
    }

    /// <summary>Gives an extension a number that nobody knows.</summary>
    private static byte[] Rename(ushort type)
    {
        var hello = Write(new TestHello());
        Assert.True(ClientHelloView.TryParse(hello, out var view));
        Assert.True(view.TryGetExtension(type, out var old));
        hello.AsSpan().Overlaps(old, out var at);
        hello[at - 4] = 0x3A;
        hello[at - 3] = 0x3A;
        return hello;
    }
}
