using System.Buffers.Binary;
using Karez.Ip.Dns;
using Karez.Net.Loops;

namespace Karez.Tun.Names;

/// <summary>A program's connection to port 53, wherever it thinks that is.</summary>
internal sealed class DnsStream(EventLoop device, NameServer server, Connection program, TunCounters counters)
{
    /// <summary>Answers until the program has had enough.</summary>
    public async ValueTask RunAsync()
    {
        using var idle = new LoopTimer(program.Loop, () => program.Abort(ConnectionFault.TimedOut));
        try
        {
            for (var i = 0; i < MaxQuestions; i++)
            {
                idle.Set(s_idle);
                if (await DnsExchange.ReadMessageAsync(program) is not { } message)
                    return;
                counters.AddQuestion();
                var answer = await device.RunAsync(() => AnswerAsync(message));
                if (answer.Length == 0)
                    return;
                var framed = new byte[2 + answer.Length];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
                answer.CopyTo(framed, 2);
                await program.WriteAsync(framed);
            }
        }
        catch (ConnectionException)
        {
            // The program went away, or was still for too long.
        }
        catch (ObjectDisposedException)
        {
            // The device's loop has ended.
        }
    }

    private ValueTask<byte[]> AnswerAsync(byte[] message)
    {
        var answer = new byte[DnsQuery.MaxMessage];
        var length = server.Answer(message, answer, out var mayAsk);
        return mayAsk ? server.AskAsync(message) : new ValueTask<byte[]>(answer[..length]);
    }

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);
    private const int MaxQuestions = 64;
}
