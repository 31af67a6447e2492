using System.Buffers.Binary;
using Karez.Camouflage.Browser;
using Karez.Observe;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Camouflage.Tests.Browser;

public class ResumptionHelloTests
{
    // What Chromium 156 shows when it comes again.
    private const string Resumed = "t13d1518h2_8daaf6152771_e2d80978ab2e";

    [Fact]
    public void A_ticket_is_handed_on_and_nothing_is_invented_beside_it()
    {
        using var ticket = new ResumptionTicket
        {
            CipherSuite = CipherSuite.Aes128GcmSha256,
            Psk = new Secret(32),
            Identity = new byte[192],
            AgeAdd = 1,
            ReceivedAt = new Instant(1000),
            Lifetime = TimeSpan.FromHours(1),
        };
        var request = new HelloRequest { ServerName = "a.example", Ticket = ticket, InventedTicket = 192 };
        var offer = BrowserHello.Build(BrowserProfile.Default, request, new SeededEntropy(1));
        Assert.Same(ticket, offer.Ticket);
        Assert.True(HelloFields.TryParse(offer.Hello, out var hello));
        Assert.False(hello!.TryGetExtension(41, out _));
    }

    [Fact]
    public void An_invented_ticket_has_the_form_of_a_real_one()
    {
        var request = new HelloRequest { ServerName = "a.example", InventedTicket = 245 };
        var offer = BrowserHello.Build(BrowserProfile.Default, request, new SeededEntropy(1));
        Assert.Null(offer.Ticket);
        Assert.True(HelloFields.TryParse(offer.Hello, out var hello));
        Assert.Equal(offer.Hello.Length, hello!.Message.Length);
        Assert.Equal(Resumed, Ja4.Of(hello));
        Assert.Equal(20, hello.Extensions.Count);
        Assert.Equal(41, hello.Extensions[^1].Type);
        Assert.True(Grease.Is(hello.Extensions[^2].Type));
        var body = hello.Extensions[^1].Body.Span;
        Assert.Equal(2 + 2 + 245 + 4 + 2 + 1 + 32, body.Length);
        Assert.Equal(251, BinaryPrimitives.ReadUInt16BigEndian(body));
        Assert.Equal(245, BinaryPrimitives.ReadUInt16BigEndian(body[2..]));
        Assert.Equal(33, BinaryPrimitives.ReadUInt16BigEndian(body[253..]));
        Assert.Equal(32, body[255]);
    }

    [Fact]
    public void A_ticket_that_does_not_fit_into_one_record_is_refused() =>
        Assert.Throws<ArgumentException>(() => BrowserHello.Build(
            BrowserProfile.Default,
            new HelloRequest { ServerName = "a.example", InventedTicket = 16000 },
            new SeededEntropy(1)));
}
