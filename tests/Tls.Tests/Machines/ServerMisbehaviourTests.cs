using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;

namespace Karez.Tls.Tests.Machines;

/// <summary>What a server can do wrong, and the name that the client has for it.</summary>
public class ServerMisbehaviourTests
{
    private static readonly Dictionary<string, (Action<ScriptedServer> Script, TlsFault Fault)> Cases = new()
    {
        ["an old legacy version"] = (server => server.LegacyVersion = 0x0302, TlsFault.WrongLegacyVersion),
        ["TLS 1.2"] = (server => server.OmitsVersion = true, TlsFault.SelectedOldVersion),
        ["TLS 1.2 with the downgrade mark"] = (
            server =>
            {
                server.OmitsVersion = true;
                server.Random = [.. new byte[24], .. "DOWNGRD\u0001"u8];
            },
            TlsFault.MarkedDowngrade),
        ["TLS 1.4"] = (server => server.SelectedVersion = 0x0305, TlsFault.SelectedUnofferedVersion),
        ["another session id"] = (server => server.SessionId = new byte[32], TlsFault.ChangedSessionId),
        ["no session id"] = (server => server.SessionId = [], TlsFault.ChangedSessionId),
        ["a suite of TLS 1.2"] = (server => server.Suite = (CipherSuite)0xC02B, TlsFault.SelectedUnofferedSuite),
        ["an unoffered suite"] = (
            server => server.Suite = CipherSuite.ChaCha20Poly1305Sha256, TlsFault.SelectedUnofferedSuite),
        ["compression"] = (server => server.Compression = 1, TlsFault.OfferedOrSelectedCompression),
        ["no key share"] = (server => server.OmitsKeyShare = true, TlsFault.MissingExtension),
        ["a share of another group"] = (
            server => server.Group = NamedGroup.Secp256r1, TlsFault.SelectedUnofferedGroup),
        ["a share of low order"] = (server => server.Share = new byte[32], TlsFault.InvalidKeyShare),
        ["a short share"] = (server => server.Share = [1, 2, 3], TlsFault.InvalidKeyShare),
        ["an empty share"] = (server => server.Share = [], TlsFault.MalformedMessage),
        ["a PSK that was not offered"] = (
            server => server.MoreHelloExtensions.Add((ExtensionType.PreSharedKey, [0, 0])),
            TlsFault.UnsolicitedExtension),
        ["ALPN in ServerHello"] = (
            server => server.MoreHelloExtensions.Add((ExtensionType.Alpn, [0, 3, 2, 104, 50])),
            TlsFault.MisplacedExtension),
        ["an unknown extension in ServerHello"] = (
            server => server.MoreHelloExtensions.Add((0x1234, [])), TlsFault.UnsolicitedExtension),
        ["a doubled extension in ServerHello"] = (
            server => server.MoreHelloExtensions.Add((ExtensionType.SupportedVersions, [3, 4])),
            TlsFault.DuplicateExtension),
        ["octets after ServerHello's end"] = (Append(HandshakeType.ServerHello), TlsFault.MalformedMessage),
        ["a wrong ChangeCipherSpec"] = (
            server => server.AfterHello = [20, 3, 3, 0, 1, 2], TlsFault.MalformedChangeCipherSpec),
        ["too many ChangeCipherSpec"] = (
            server => server.AfterHello = [.. Enumerable.Repeat((byte[])[20, 3, 3, 0, 1, 1], 33).SelectMany(r => r)],
            TlsFault.TooManyUselessRecords),
        ["plaintext after ServerHello"] = (
            server => server.AfterHello = [22, 3, 3, 0, 6, 8, 0, 0, 2, 0, 0], TlsFault.UnexpectedRecord),
        ["an alert"] = (server => server.AfterHello = [21, 3, 3, 0, 2, 2, 40], TlsFault.ReceivedAlert),
        ["an unoffered protocol"] = (
            server => server.EncryptedExtensions.Add((ExtensionType.Alpn, [0, 3, 2, 104, 51])),
            TlsFault.SelectedUnofferedAlpn),
        ["two protocols"] = (
            server => server.EncryptedExtensions.Add((ExtensionType.Alpn, [0, 6, 2, 104, 50, 2, 104, 50])),
            TlsFault.MalformedMessage),
        ["an unknown encrypted extension"] = (
            server => server.EncryptedExtensions.Add((0x1234, [])), TlsFault.UnsolicitedExtension),
        ["a key share in EncryptedExtensions"] = (
            server => server.EncryptedExtensions.Add((ExtensionType.KeyShare, [])), TlsFault.MisplacedExtension),
        ["a doubled encrypted extension"] = (
            server => server.EncryptedExtensions.AddRange(
                [(ExtensionType.ServerName, []), (ExtensionType.ServerName, [])]),
            TlsFault.DuplicateExtension),
        ["early data accepted"] = (
            server => server.EncryptedExtensions.Add((ExtensionType.EarlyData, [])), TlsFault.UnsolicitedExtension),
        ["octets after EncryptedExtensions' end"] = (
            Append(HandshakeType.EncryptedExtensions), TlsFault.MalformedMessage),
        ["no certificate"] = (
            Become(HandshakeType.Certificate, [11, 0, 0, 4, 0, 0, 0, 0]), TlsFault.EmptyCertificateChain),
        ["a request context"] = (
            Become(HandshakeType.Certificate, [11, 0, 0, 5, 1, 7, 0, 0, 0]), TlsFault.MisplacedRequestContext),
        ["a certificate that is none"] = (
            Become(HandshakeType.Certificate, [11, 0, 0, 11, 0, 0, 0, 7, 0, 0, 2, 48, 0, 0, 0]),
            TlsFault.MalformedCertificate),
        ["a certificate compressed unasked"] = (
            Become(HandshakeType.Certificate, [25, 0, 0, 9, 0, 2, 0, 0, 1, 0, 0, 1, 0]), TlsFault.UnexpectedMessage),
        ["a certificate left out"] = (
            server => server.Replace = (type, message) => type == HandshakeType.Certificate ? [] : [message],
            TlsFault.UnexpectedMessage),
        ["a certificate said twice"] = (
            server => server.Replace =
                (type, message) => type == HandshakeType.Certificate ? [message, message] : [message],
            TlsFault.UnexpectedMessage),
        ["the signature left out"] = (
            server => server.Replace = (type, message) => type == HandshakeType.CertificateVerify ? [] : [message],
            TlsFault.UnexpectedMessage),
        ["a wrong signature"] = (Flip(HandshakeType.CertificateVerify), TlsFault.BadSignature),
        ["a scheme of another kind of key"] = (
            server => server.Edit = (type, message) => type == HandshakeType.CertificateVerify
                ? [.. message[..4], 4, 3, .. message[6..]]
                : message,
            TlsFault.WrongSignatureScheme),
        ["PKCS #1, which TLS 1.3 forbids"] = (
            server => server.Edit = (type, message) => type == HandshakeType.CertificateVerify
                ? [.. message[..4], 4, 1, .. message[6..]]
                : message,
            TlsFault.WrongSignatureScheme),
        ["a wrong Finished"] = (Flip(HandshakeType.Finished), TlsFault.BadFinished),
        ["a short Finished"] = (Become(HandshakeType.Finished, [20, 0, 0, 1, 0]), TlsFault.MalformedMessage),
        ["a message after Finished in its record"] = (
            server =>
            {
                server.Chunk = int.MaxValue;
                server.Replace = (type, message) => type == HandshakeType.Finished
                    ? [message, [4, 0, 0, 0]]
                    : [message];
            },
            TlsFault.MessageAcrossKeyChange),
        ["a second ServerHello"] = (
            server => server.Replace = (type, message) =>
                type == HandshakeType.EncryptedExtensions ? [[2, 0, 0, 0]] : [message],
            TlsFault.UnexpectedMessage),
        ["a message of 16 MiB"] = (
            Become(HandshakeType.Certificate, [11, 255, 255, 255, 0]), TlsFault.MessageTooLong),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_client_names_it(string name)
    {
        var (script, fault) = Cases[name];
        using var server = new ScriptedServer();
        script(server);
        using var client = ServerFlightTests.Start(
            out var hello, new TestHello { Suites = [CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384] });
        var flight = server.Answer(hello);
        var output = new byte[4096];
        var status = client.Advance(flight, output, default, out _, out var produced);
        Assert.Equal((TlsStatus.Failed, fault), (status, client.Fault));
        Assert.Equal(TlsFaults.Alert(fault) is not null, produced > 0);

        // And it stays so, whatever comes.
        Assert.Equal(TlsStatus.Failed, client.Advance(flight, output, default, out _, out produced));
        Assert.Equal(0, produced);
    }

    [Fact]
    public void Close_notify_in_the_handshake_is_said_to_be_so()
    {
        using var server = new ScriptedServer { AfterHello = [21, 3, 3, 0, 2, 1, 0] };
        using var client = ServerFlightTests.Start(out var hello);
        Assert.Equal(
            (TlsStatus.Closed, TlsFault.ClosedDuringHandshake), ServerFlightTests.Feed(client, server.Answer(hello)));
    }

    [Fact]
    public void Every_fault_has_an_alert_but_those_that_end_the_talk()
    {
        TlsFault[] quiet = [TlsFault.None, TlsFault.ReceivedAlert, TlsFault.ClosedDuringHandshake];
        foreach (var fault in Enum.GetValues<TlsFault>())
            Assert.Equal(!quiet.Contains(fault), TlsFaults.Alert(fault) is not null);
        Assert.Equal(AlertDescription.BadRecordMac, TlsFaults.Alert(TlsFault.UndecryptableRecord));
        Assert.Equal(AlertDescription.DecryptError, TlsFaults.Alert(TlsFault.BadFinished));
        Assert.Equal(AlertDescription.UnsupportedExtension, TlsFaults.Alert(TlsFault.UnsolicitedExtension));
    }

    private static Action<ScriptedServer> Append(HandshakeType wanted) => server => server.Edit = (type, message) =>
        type == wanted ? [.. message[..3], (byte)(message[3] + 1), .. message[4..], 0] : message;

    private static Action<ScriptedServer> Become(HandshakeType wanted, byte[] other) => server =>
        server.Edit = (type, message) => type == wanted ? other : message;

    private static Action<ScriptedServer> Flip(HandshakeType wanted) => server => server.Edit = (type, message) =>
        type == wanted ? [.. message[..^1], (byte)(message[^1] ^ 1)] : message;
}
