using Karez.Client;
using Karez.Proxy;
using Karez.Wire;

namespace Karez.Server.Tests;

public class AnswersTests
{
    private static readonly Instant Start = new(1_000);

    [Fact]
    public void Web_ports_that_stood_are_answered_early_unless_octets_came_unasked()
    {
        var answers = new Answers(AnswerMode.Auto);
        foreach (var port in new[] { 80, 443, 8080, 8443 })
        {
            Assert.True(answers.Wait(At("a.example", port), hasPayload: false, Start));
            answers.Passed(At("a.example", port), Start);
            Assert.False(answers.Wait(At("a.example", port), hasPayload: false, Start));
            Assert.True(answers.Wait(At("a.example", port), hasPayload: true, Start));
        }

        answers.Passed(At("a.example", 22), Start);
        Assert.True(answers.Wait(At("a.example", 22), hasPayload: false, Start));
    }

    [Fact]
    public void What_stood_is_remembered_for_ten_minutes_and_until_it_fails()
    {
        var answers = new Answers(AnswerMode.Auto);
        var (one, other) = (At("a.example", 443), At("b.example", 443));
        answers.Passed(one, Start);
        Assert.False(answers.Wait(one, hasPayload: false, Start + TimeSpan.FromSeconds(599)));
        Assert.True(answers.Wait(other, hasPayload: false, Start));
        Assert.True(answers.Wait(one, hasPayload: false, Start + TimeSpan.FromSeconds(600)));
        answers.Passed(other, Start);
        answers.Failed(other);
        Assert.True(answers.Wait(other, hasPayload: false, Start));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        var answers = new Answers(AnswerMode.Auto);
        for (var i = 0; i < 10_000; i++)
            answers.Passed(At($"n{i}.example", 443), Start);
        var remembered = Enumerable.Range(0, 10_000)
            .Count(i => !answers.Wait(At($"n{i}.example", 443), hasPayload: false, Start));
        Assert.InRange(remembered, 1, 1_024);
    }

    private static Destination At(string host, int port)
    {
        Assert.True(Destination.TryFromHost(host, port, out var destination));
        return destination;
    }
}
