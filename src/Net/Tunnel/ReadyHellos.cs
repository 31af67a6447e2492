using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>
/// A few hellos, made on a worker before a dial needs them: half a millisecond that no person waits for. Each is used
/// once, and sealed when it is. Members are for any loop's thread.
/// </summary>
/// <remarks>The first one is made when it is asked for, so that a client that never dials makes none.</remarks>
public sealed class ReadyHellos(BrowserProfile profile, RealityLink link, IEntropy entropy, WorkerPool workers)
    : IDisposable
{
    /// <summary>Hellos that wait (our choice: a page opens about six connections at once).</summary>
    public const int Count = 6;

    private readonly Queue<ReadyHello> _ready = new();
    private bool _isFilling;
    private bool _disposed;

    /// <summary>Hellos that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_ready)
                return _ready.Count;
        }
    }

    /// <summary>Takes a hello; makes one if none waits.</summary>
    public ReadyHello Take()
    {
        ReadyHello? hello;
        bool isToFill;
        lock (_ready)
        {
            _ready.TryDequeue(out hello);
            isToFill = !_isFilling;
            _isFilling = true;
        }

        if (isToFill)
            EventLoop.Current?.Start(FillAsync);
        return hello ?? Draw(profile, link, entropy);
    }

    /// <summary>Makes one.</summary>
    public static ReadyHello Draw(BrowserProfile profile, RealityLink link, IEntropy entropy)
    {
        var browser = BrowserHello.Build(profile, link.ServerName, entropy);
        var agreed = new Secret(X25519.KeySize);
        return new ReadyHello(
            browser, RealityClient.TryAgree(browser.KeyShares, link, agreed.Octets) ? agreed : null);
    }

    /// <summary>Overwrites the keys of those that were not used.</summary>
    public void Dispose()
    {
        lock (_ready)
        {
            _disposed = true;
            while (_ready.TryDequeue(out var hello))
                Forget(hello);
        }
    }

    private static void Forget(ReadyHello hello)
    {
        hello.Dispose();
        foreach (var share in hello.Browser.KeyShares)
            share.Dispose();
    }

    private async ValueTask FillAsync()
    {
        try
        {
            await workers.RunAsync(Fill);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The client stops.
        }
    }

    private bool Fill()
    {
        while (true)
        {
            var hello = Draw(profile, link, entropy);
            lock (_ready)
            {
                if (_disposed)
                {
                    Forget(hello);
                    return false;
                }

                _ready.Enqueue(hello);
                if (_ready.Count < Count)
                    continue;
                _isFilling = false;
                return true;
            }
        }
    }
}
