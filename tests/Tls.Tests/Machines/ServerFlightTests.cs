using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Messages;
using Karez.Tls.Records;

namespace Karez.Tls.Tests.Machines;

/// <summary>Flights that a client has to take: any padding, any cut into records, answers.</summary>
public class ServerFlightTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 4469)]
    [InlineData(0, RecordSealer.MaxRecord)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(int.MaxValue, 8000)]
    [InlineData(1, 0)]
    [InlineData(1, 300)]
    [InlineData(7, 0)]
    [InlineData(100, 900)]
    public void Any_cut_into_records_and_any_padding_is_taken(int chunk, int recordLength)
    {
        using var server = new ScriptedServer { Chunk = chunk, RecordLength = recordLength };
        using var client = Start(out var hello);
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), Feed(client, server.Answer(hello)));
    }

    [Fact]
    public void A_record_under_the_application_key_may_follow_finished_at_once()
    {
        using var server = new ScriptedServer { EarlyTicket = true };
        using var client = Start(out var hello);
        var flight = server.Answer(hello);
        var output = new byte[1000];
        Assert.Equal(TlsStatus.NeedDecision, client.Advance(flight, output, default, out var consumed, out _));
        Assert.Equal(flight.Length - 250, consumed);
        client.Accept();
        Assert.Equal(TlsStatus.Done, client.Advance(flight.AsSpan(consumed), output, default, out var more, out _));
        Assert.Equal(0, more);
        using var session = client.TakeSession();
        Assert.Equal(TlsReadStatus.Internal, session.Open(flight.AsSpan(consumed), out more, out _, out _));
        Assert.Equal(250, more);
    }

    [Fact]
    public void Change_cipher_spec_is_dropped_wherever_it_stands_in_the_handshake()
    {
        byte[] one = [20, 3, 3, 0, 1, 1];
        using var server = new ScriptedServer { AfterHello = [.. one, .. one, .. one] };
        using var client = Start(out var hello);
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), Feed(client, [.. one, .. server.Answer(hello)]));
    }

    [Fact]
    public void A_server_without_change_cipher_spec_is_fine()
    {
        using var server = new ScriptedServer { AfterHello = [] };
        using var client = Start(out var hello);
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), Feed(client, server.Answer(hello)));
    }

    [Fact]
    public void Application_settings_are_answered_with_our_encrypted_extensions()
    {
        using var server = new ScriptedServer
        {
            EncryptedExtensions = { (ExtensionType.Alpn, [0, 3, 2, (byte)'h', (byte)'2']), (17613, [1, 2, 3]) },
        };
        using var client = Start(out var hello, new TestHello { Extra = [(17613, [0, 3, 2, (byte)'h', (byte)'2'])] });
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), Feed(client, server.Answer(hello)));
        client.Accept();
        var output = new byte[1000];
        Assert.Equal(TlsStatus.Done, client.Advance([], output, default, out _, out var produced));

        using var opener = new RecordOpener();
        opener.Protect(Keys.CipherSuite.Aes128GcmSha256, server.Schedule!.ClientHandshake);
        var flight = output[6..produced]; // after ChangeCipherSpec
        Assert.Equal(RecordStatus.Done, opener.TryOpen(flight, out var record));
        Assert.Equal([8, 0, 0, 6, 0, 4, 0x44, 0xCD, 0, 0, 20], flight[record.Offset..][..11]);
    }

    [Fact]
    public void A_record_size_limit_reaches_the_session()
    {
        using var server = new ScriptedServer { EncryptedExtensions = { (ExtensionType.RecordSizeLimit, [4, 1]) } };
        using var client = Start(out var hello, new TestHello { Extra = [(ExtensionType.RecordSizeLimit, [0x40, 1])] });
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), Feed(client, server.Answer(hello)));
        client.Accept();
        Assert.Equal(TlsStatus.Done, client.Advance([], new byte[1000], default, out _, out _));
        using var session = client.TakeSession();
        Assert.Equal(1024, session.MaxPayload);
    }

    internal static TlsClient Start(out byte[] hello, TestHello? shape = null)
    {
        var offer = (shape ?? new TestHello()).Offer(new SeededEntropy(1), acceptEd25519: true);
        var client = new TlsClient(offer, new SeededEntropy(2));
        Assert.Equal(TlsStatus.NeedInput, client.Advance([], new byte[4096], default, out _, out _));
        hello = offer.Hello;
        return client;
    }

    internal static (TlsStatus Status, TlsFault Fault) Feed(TlsClient client, byte[] flight)
    {
        var status = client.Advance(flight, new byte[4096], default, out _, out _);
        return (status, client.Fault);
    }
}
