using Karez.Client;
using Karez.Proxy;
using Karez.Wire;

namespace Karez.Server.Tests;

public class AnswersTests
{
    private static readonly Instant Start = new(1_000);

    [Fact]
    public void Only_web_ports_are_answered_early_and_not_when_octets_came_unasked()
    {
        var answers = new Answers(AnswerMode.Auto);
        foreach (var port in new[] { 80, 443, 8080, 8443 })
        {
            Assert.False(answers.Wait(At("a.example", port), hasPayload: false, Start));
            Assert.True(answers.Wait(At("a.example", port), hasPayload: true, Start));
        }

        Assert.True(answers.Wait(At("a.example", 22), hasPayload: false, Start));
    }

    [Fact]
    public void A_failure_is_remembered_for_half_a_minute_and_until_it_passes()
    {
        var answers = new Answers(AnswerMode.Auto);
        var (one, other) = (At("a.example", 443), At("b.example", 443));
        answers.Failed(one, Start);
        Assert.True(answers.Wait(one, hasPayload: false, Start + TimeSpan.FromSeconds(29)));
        Assert.False(answers.Wait(other, hasPayload: false, Start));
        Assert.False(answers.Wait(one, hasPayload: false, Start + TimeSpan.FromSeconds(30)));
        answers.Failed(other, Start);
        answers.Passed(other);
        Assert.False(answers.Wait(other, hasPayload: false, Start));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        var answers = new Answers(AnswerMode.Auto);
        for (var i = 0; i < 10_000; i++)
            answers.Failed(At($"n{i}.example", 443), Start);
        var remembered = Enumerable.Range(0, 10_000)
            .Count(i => answers.Wait(At($"n{i}.example", 443), hasPayload: false, Start));
        Assert.InRange(remembered, 1, 256);
    }

    private static Destination At(string host, int port)
    {
        Assert.True(Destination.TryFromHost(host, port, out var destination));
        return destination;
    }
}
