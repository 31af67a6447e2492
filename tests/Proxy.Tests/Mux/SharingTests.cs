using CsCheck;
using Karez.Proxy.Mux;
using Karez.Proxy.Tests.Vision;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;

namespace Karez.Proxy.Tests.Mux;

/// <summary>What our own two ends say of sessions beside Mux.Cool's frames.</summary>
public class SharingTests
{
    [Fact]
    public void Words_of_a_session_arrive_and_do_not_trouble_who_does_not_know_them()
    {
        var (client, server) = (new MuxClient(), new MuxServer(VlessMuxRule.Any));
        Assert.True(client.TryOpen(MuxNetwork.Tcp, Host.At("example.com:80"), 0, out var session));
        var frame = new byte[MuxWire.MaxHeader];
        Assert.Equal(MuxEventKind.Open, Up(client.WriteNew(session, frame)).Kind);
        Assert.Equal(0, client.WriteNew(session, frame));

        var length = client.WriteWord(session, MuxWord.Credit, 0x01020304, frame);
        Assert.Equal("0009" + "0001" + "04" + "00" + "01" + "01020304", Convert.ToHexString(frame.AsSpan(0, length)));
        Assert.True(Up(length) is { Kind: MuxEventKind.Word, Word: MuxWord.Credit, Value: 0x01020304 });
        Assert.True(Up(client.WriteWord(session, MuxWord.Finished, 0, frame)) is { Word: MuxWord.Finished });
        Assert.True(Down(server.WriteWord(session, MuxWord.Connected, 0, frame)) is { Word: MuxWord.Connected });
        var end = Down(server.WriteEnd(session, withError: true, frame, code: 5));
        Assert.True(end is { Kind: MuxEventKind.Close, WithError: true, Value: 5 });
        Assert.Equal(default, Up(MuxWireOf("0005" + "0001" + "04" + "00" + "09"))); // of a later version
        Assert.Equal(default, Up(MuxWireOf("0006" + "0001" + "04" + "00" + "0101"))); // cut
        Assert.Equal(0, server.WriteWord(session, MuxWord.Finished, 0, frame));

        int MuxWireOf(string hex)
        {
            Convert.FromHexString(hex).CopyTo(frame, 0);
            return hex.Length / 2;
        }

        MuxEvent Up(int count)
        {
            var status = server.Feed(
                frame.AsSpan(0, count), new byte[MuxServer.MaxOutput], out var consumed, out _, out var what, out _);
            Assert.Equal((ParseStatus.Done, count), (status, consumed));
            return what;
        }

        MuxEvent Down(int count)
        {
            client.Feed(frame.AsSpan(0, count), new byte[MuxClient.MaxOutput], out _, out _, out var what, out _);
            return what;
        }
    }

    [Fact]
    public void A_window_never_holds_more_than_its_size_and_all_together_never_more_than_the_budget() =>
        Gen.Select(Gen.Int[1, 100_000].List[1, 200], Gen.Bool.List[200, 200])
            .Sample((steps, drains) =>
            {
                var budget = new MuxBudget(4 * MuxWindow.First);
                var windows = Enumerable.Range(0, 3).Select(_ => new MuxWindow(budget)).ToArray();
                var (credit, held) = (new long[3], new long[3]);
                Array.Fill(credit, MuxWindow.First);
                for (var i = 0; i < steps.Count; i++)
                {
                    var (at, window) = (i % 3, windows[i % 3]);
                    var sent = (int)Math.Min(credit[at], steps[i]);
                    Assert.True(window.TryReceive(sent));
                    credit[at] -= sent;
                    held[at] += sent;
                    Assert.InRange(held[at], 0, window.Size);
                    var left = drains[i] ? (int)held[at] : (int)held[at] / 2;
                    held[at] -= left;
                    credit[at] += window.Consume(left, isDrained: held[at] == 0);
                    Assert.InRange(credit[at] + held[at], 0, window.Size);
                    Assert.False(window.TryReceive((int)credit[at] + 1));
                    Assert.InRange(budget.Promised, 3 * MuxWindow.First, 4 * MuxWindow.First);
                }

                foreach (var window in windows)
                    window.Close();
                Assert.Equal(0, budget.Promised);
            });

    [Fact]
    public void A_window_grows_for_who_keeps_up_and_only_for_him()
    {
        var (quick, slow) = (new MuxWindow(new MuxBudget()), new MuxWindow(new MuxBudget()));
        for (var i = 0; i < 10; i++)
        {
            _ = quick.Consume(Take(quick), isDrained: true);
            _ = slow.Consume(Take(slow), isDrained: false);
        }

        Assert.Equal((MuxWindow.Largest, MuxWindow.First), (quick.Size, slow.Size));

        static int Take(MuxWindow window)
        {
            Assert.True(window.TryReceive(window.Size / 2));
            return window.Size / 2;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(4096)]
    public void A_carrier_never_goes_raw_whatever_its_sub_flows_carry(int offset)
    {
        // Records of TLS 1.3 at the very edges of the pieces that are watched.
        var entropy = new SeededEntropy(7);
        var traffic = new VisionTraffic();
        var user = Guid.NewGuid();
        var senders = new Dictionary<VisionSide, VisionSender>
        {
            [VisionSide.Client] = new(traffic, user, VisionSide.Client, Shape.Default, entropy),
            [VisionSide.Server] = new(traffic, user, VisionSide.Server, Shape.Default, entropy),
        };
        var said = 0;
        foreach (var message in InnerFlow.Tls13(entropy, exchanges: 20))
        {
            var header = new byte[MuxWire.MaxHeader];
            var frame = new MuxFrame(1, MuxStatus.Keep, HasData: true);
            var length = MuxWire.WriteHeader(frame, message.Octets.Length, header);
            byte[] content = [.. header.AsSpan(0, length), .. new byte[offset], .. message.Octets];
            // The first read has the header, later ones may begin with a record.
            var from = said++ < 2 ? 0 : length + offset;
            for (ReadOnlySpan<byte> rest = content.AsSpan(from); !rest.IsEmpty;)
            {
                var cut = senders[message.From].Next(rest);
                Assert.NotEqual(VisionCommand.Direct, cut.Command);
                rest = rest[cut.ContentLength..];
            }
        }

        Assert.All(senders.Values, sender => Assert.True(sender is { IsRaw: false, IsUnframed: true }));
    }

    [Fact]
    public void The_offer_and_its_answer_are_what_is_written_down()
    {
        var user = Guid.NewGuid();
        var request = new VlessRequest(user, VlessFlow.Vision, VlessCommand.Mux, default) { Shares = true };
        var octets = new byte[VlessWire.MaxRequest];
        var length = VlessWire.WriteRequest(request, octets);
        Assert.Equal("7001", Convert.ToHexString(octets.AsSpan(length - 3, 2)));
        Assert.Equal(ParseStatus.Done, VlessWire.TryReadRequest(octets.AsSpan(0, length), out var read, out _, out _));
        Assert.Equal(request, read);
        Assert.Equal(VlessFault.None, VlessServer.Judge(read, VlessFlow.Vision, out var rule, sharing: true));
        Assert.Equal(VlessMuxRule.Any, rule);
        VlessServer.Judge(read, VlessFlow.Vision, out rule);
        Assert.Equal(VlessMuxRule.DatagramsOnly, rule);

        foreach (var (answer, shares) in new[] { ("00027001", true), ("0000", false), ("00027002", false) })
        {
            var client = new VlessClient(request);
            Assert.Equal(ParseStatus.Done, client.Feed(Convert.FromHexString(answer), out _));
            Assert.Equal(shares, client.Shares);
        }
    }
}
