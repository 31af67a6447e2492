using System.Net.WebSockets;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Worlds;

namespace Karez.Lab.Population;

/// <summary>
/// A life in one browser: pages, video, messages, and what apps do by themselves, with pauses. Twins do the same at the
/// same pauses.
/// </summary>
/// <param name="pages">Whoever loads a page holds one of these.</param>
internal sealed class ScriptedLife(SemaphoreSlim pages) : ILife, IAsyncDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(40); // Our choice.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);

    private Browser? _browser;

    /// <inheritdoc/>
    public async Task PrepareAsync(
        World world, int subscriber, string? proxy, CancellationToken cancellationToken) =>
        _browser = await Browser.StartAsync(
            world.Subscribers[subscriber], world.Authority.Pins, proxy, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _browser?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task LiveAsync(
        World world, int subscriber, string? proxy, SessionLog log, CancellationToken cancellationToken)
    {
        var one = world.Plan.Subscribers[subscriber];
        var tunnel = one.Tool is not null;
        var like = tunnel || one.Twin is null ? subscriber : one.Twin.Value;
        var random = new Random(Seeds.Of(world.Seed, $"life {like}"));
        var foreign = LifeSites.Of(world.Plan, true);
        var domestic = LifeSites.Of(world.Plan, false);
        try
        {
            var browser = _browser ?? throw new InvalidOperationException("It has to be prepared.");
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 3), cancellationToken);
            while (!cancellationToken.IsCancellationRequested)
            {
                var act = Act.Draw(random, foreign, domestic);
                using var turn = await Turn.TakeAsync(pages, cancellationToken);
                await log.NoteAsync(
                    subscriber, act.Kind, act.Address, tunnel, () => DoAsync(browser, act, turn, cancellationToken));
                await Task.Delay(TimeSpan.FromSeconds(act.Pause), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException)
        {
            // One browser less; the run goes on, and its sessions tell.
            await log.NoteAsync(subscriber, "page", "https://gone.invalid/", tunnel, () => Task.FromResult(false));
        }
    }

    private static async Task<bool> DoAsync(
        Browser browser, Act act, Turn turn, CancellationToken cancellationToken)
    {
        // What has begun when the traffic ends is still given some time.
        using var limit = new CancellationTokenSource(s_longest);
        await using var end = cancellationToken.Register(() => limit.CancelAfter(s_grace));
        try
        {
            var loaded = await browser.OpenAsync(act.Address, limit.Token);
            turn.Dispose(); // what plays now takes little of the machine
            return loaded && (act.Script is null || await browser.RunAsync(act.Script, limit.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            if (!cancellationToken.IsCancellationRequested)
                await browser.StopAsync(cancellationToken);
            return false;
        }
    }
}
