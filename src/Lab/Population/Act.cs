using System.Globalization;

namespace Karez.Lab.Population;

/// <summary>Something that a person does: a page to open, and what goes on in it.</summary>
/// <param name="Kind"><c>page</c>, <c>video</c>, <c>message</c>, <c>background</c>.</param>
/// <param name="Address">The page.</param>
/// <param name="Script">What runs in it then: a promise; null for nothing.</param>
/// <param name="Pause">Seconds until the next.</param>
internal sealed record Act(string Kind, string Address, string? Script, double Pause)
{
    /// <summary>Draws the next. The same random source gives the same acts: twins have equal ones.</summary>
    /// <param name="random">The person's.</param>
    /// <param name="foreign">Sites abroad.</param>
    /// <param name="domestic">Sites at home.</param>
    public static Act Draw(Random random, IReadOnlyList<string> foreign, IReadOnlyList<string> domestic)
    {
        // Shares, counts and pauses are our choice; pauses are far shorter than people's, see docs/protocols/lab.md.
        var abroad = random.NextDouble() < 0.75;
        var site = abroad ? foreign[random.Next(foreign.Count)] : domestic[random.Next(domestic.Count)];
        var kind = random.NextDouble();
        var page = random.Next(Worlds.WebServer.Pages);
        var (first, second, pause) = (random.NextDouble(), random.NextDouble(), 1 + (random.NextDouble() * 4));
        var root = $"https://{site}/";
        return kind switch
        {
            < 0.66 => new Act("page", page == 0 ? root : $"{root}{page}.html", null, pause),
            < 0.78 => new Act("video", root + "v/", Video(2 + (int)(first * 4), second), pause),
            < 0.92 => new Act("message", root + "m/", Messages(3 + (int)(first * 6), second), pause),
            _ => new Act("background", $"https://{domestic[page % domestic.Count]}/m/", Messages(1, second), pause),
        };
    }

    /// <summary>Segments of half a megabyte to two, two seconds apart.</summary>
    private static string Video(int segments, double quality) => string.Create(CultureInfo.InvariantCulture, $$"""
        (async () => {
          for (let i = 0; i < {{segments}}; i++) {
            await (await fetch('/v/{{(int)(quality * 4)}}.ts?' + i, {cache: 'no-store'})).arrayBuffer();
            await new Promise(done => setTimeout(done, 2000));
          }
        })()
        """);

    /// <summary>Short texts to and fro, with pauses of up to two seconds.</summary>
    private static string Messages(int count, double seed) => string.Create(CultureInfo.InvariantCulture, $$"""
        (async () => {
          for (let i = 0; i < {{count}}; i++) {
            const n = {{(int)(seed * 1000)}} * (i + 7) % 900;
            await (await fetch('/m/' + n % 5 + '.json', {method: 'POST', body: 'x'.repeat(60 + n)})).text();
            await new Promise(done => setTimeout(done, 300 + n * 2));
          }
        })()
        """);
}
