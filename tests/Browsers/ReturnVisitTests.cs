namespace Karez.Browsers;

/// <summary>What goes out until the Finished, on first and return visits, Chromium's against ours.</summary>
public class ReturnVisitTests(ITestOutputHelper output)
{
    private const int Visits = 40;

    [Fact]
    public async Task Our_first_and_return_visits_look_like_Chromiums_up_to_the_Finished()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "chromium is not installed: apt-get install -y chromium");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(180));
        var images = string.Concat(Enumerable.Range(0, 3 * Visits).Select(i => $"<img src=/{i}>"));
        await using var site = new TlsSite($"<!doctype html><title>site</title>{images}");

        List<ClientFlights> first, again;
        await using (Browser.ChromiumVisiting("https://site.example/", site.Port))
        {
            again = await site.ServedAsync(visit => visit.Returns, Visits, limit.Token);
            first = await site.ServedAsync(visit => !visit.Returns, 1, limit.Token);
        }

        var known = first.Concat(again).Select(visit => visit.Hello).ToHashSet();
        for (var visit = 0; visit < Visits; visit++)
        {
            using var ticket = await OurVisit.GoAsync(site.Port, null, (ulong)visit, limit.Token);
            Assert.NotNull(ticket);
            using var next = await OurVisit.GoAsync(site.Port, ticket, (ulong)visit + 1000, limit.Token);
        }

        var ours = await site.ServedAsync(visit => visit.Hello.Message.Length > 0, 0, limit.Token);
        ours = [.. ours.TakeLast(2 * Visits)];
        var ourFirst = ours.Where(visit => !visit.Returns).ToList();
        var ourAgain = ours.Where(visit => visit.Returns).ToList();
        Assert.Equal((Visits, Visits), (ourFirst.Count, ourAgain.Count));
        output.WriteLine($"Chromium: {first.Count} first, {again.Count} return visits; ours: {Visits} of each");

        Compare("first", first, ourFirst);
        Compare("return", again, ourAgain);
    }

    private void Compare(string what, List<ClientFlights> theirs, List<ClientFlights> ours)
    {
        var (their, our) = (Sample(theirs), Sample(ours));
        output.WriteLine($"{what}: {their.Ja4s}, then {Finish(theirs)}, ticket {Tickets(theirs)}; "
            + $"the write with the Finished: theirs {Writes(theirs)}, ours {Writes(ours)}");
        Assert.Equal(their.Ja4s, our.Ja4s);
        Assert.Equal(their.ExtensionSets, our.ExtensionSets);
        Assert.Equal(Finish(theirs), Finish(ours));

        // A server that is late reads the request together with the Finished; the smallest is the write as it was.
        Assert.Equal(theirs.Min(visit => visit.FinishWrite), ours.Min(visit => visit.FinishWrite));
        Assert.Equal(Tickets(theirs), Tickets(ours));
        Assert.All(theirs.Concat(ours).Where(visit => visit.Returns), visit =>
            Assert.Equal(ClientFlights.PreSharedKey, visit.Hello.Extensions[^1].Type));
    }

    private static HelloSample Sample(List<ClientFlights> visits) => new([.. visits.Select(visit => visit.Hello)]);

    private static string Finish(List<ClientFlights> visits) => string.Join("; ", visits
        .Select(visit => string.Join(' ', visit.Finish)).Distinct().Order());

    private static string Writes(List<ClientFlights> visits) =>
        string.Join(' ', visits.CountBy(visit => visit.FinishWrite).OrderBy(write => write.Key));

    private static string Tickets(List<ClientFlights> visits) =>
        string.Join(' ', visits.Select(visit => visit.TicketLength).Distinct().Order());
}
