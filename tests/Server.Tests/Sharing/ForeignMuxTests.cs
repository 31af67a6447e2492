using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;
using Karez.Server.Tests.Datagrams;

namespace Karez.Server.Tests.Sharing;

public class ForeignMuxTests
{
    [Fact]
    public async Task Without_windows_a_session_whose_destination_takes_nothing_is_ended_and_the_stream_goes_on()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        await using var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
        var machine = new MuxClient();
        Assert.True(Destination.TryFromAddress(origin.At.Address, origin.At.Port, out var to));
        Assert.True(machine.TryOpen(MuxNetwork.Tcp, to, 0, out var stuck));
        Assert.True(machine.TryOpen(MuxNetwork.Tcp, to, 0, out var echo));
        var frame = new byte[MuxWire.MaxHeader + MuxWire.MaxData];
        using var stop = new CancellationTokenSource();
        var pushing = Task.Run(async () =>
        {
            frame.AsSpan().Fill((byte)'s');
            while (!stop.IsCancellationRequested)
            {
                var header = machine.WriteData(stuck, default, MuxWire.MaxData, frame);
                if (header == 0)
                    return; // it was ended
                await stream.SendAsync(frame.AsMemory(0, header + MuxWire.MaxData));
            }
        });
        Assert.Equal(MuxEventKind.Close, (await HearAsync(stream, machine, stuck)).Kind);
        await stop.CancelAsync();
        await pushing.WaitAsync(TalkVisit.Patience);

        var length = machine.WriteData(echo, default, 2, frame);
        "e!"u8.CopyTo(frame.AsSpan(length));
        await stream.SendAsync(frame.AsMemory(0, length + 2));
        Assert.Equal(MuxEventKind.Data, (await HearAsync(stream, machine, echo)).Kind);
    }

    private static async Task<MuxEvent> HearAsync(RawStream stream, MuxClient machine, ushort session)
    {
        while (true)
        {
            ReadOnlyMemory<byte> content = await stream.ReceiveAsync();
            Assert.False(content.IsEmpty);
            while (true)
            {
                var status = machine.Feed(
                    content.Span, new byte[MuxClient.MaxOutput], out var consumed, out _, out var happened, out _);
                content = content[consumed..];
                if (status != ParseStatus.Done)
                    break;
                if (happened.Session == session && happened.Kind != MuxEventKind.None)
                    return happened;
            }
        }
    }
}
