using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>
/// A few sets of key shares, made on a worker before a dial needs them: some 250 us that no person waits for. Each is
/// used once. Members are for any loop's thread.
/// </summary>
/// <remarks>The first set is made when it is asked for, so that a client that never dials makes none.</remarks>
public sealed class ReadyKeys(BrowserProfile profile, RealityLink link, IEntropy entropy, WorkerPool workers)
    : IDisposable
{
    /// <summary>Sets that wait (our choice: a page opens about six connections at once).</summary>
    public const int Count = 6;

    private readonly Queue<ReadyKey> _ready = new();
    private bool _isFilling;
    private bool _disposed;

    /// <summary>Sets that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_ready)
                return _ready.Count;
        }
    }

    /// <summary>Takes a set; makes one if none waits.</summary>
    public ReadyKey Take()
    {
        ReadyKey? key;
        bool isToFill;
        lock (_ready)
        {
            _ready.TryDequeue(out key);
            isToFill = !_isFilling;
            _isFilling = true;
        }

        if (isToFill)
            EventLoop.Current?.Start(FillAsync);
        return key ?? Draw(profile, link, entropy);
    }

    /// <summary>Makes one set.</summary>
    public static ReadyKey Draw(BrowserProfile profile, RealityLink link, IEntropy entropy)
    {
        var shares = BrowserHello.DrawShares(profile, entropy);
        var agreed = new Secret(X25519.KeySize);
        return new ReadyKey(shares, RealityClient.TryAgree(shares, link, agreed.Octets) ? agreed : null);
    }

    /// <summary>Overwrites the keys that were not used.</summary>
    public void Dispose()
    {
        lock (_ready)
        {
            _disposed = true;
            while (_ready.TryDequeue(out var key))
                Forget(key);
        }
    }

    private static void Forget(ReadyKey key)
    {
        key.Dispose();
        foreach (var share in key.Shares)
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
            var key = Draw(profile, link, entropy);
            lock (_ready)
            {
                if (_disposed)
                {
                    Forget(key);
                    return false;
                }

                _ready.Enqueue(key);
                if (_ready.Count < Count)
                    continue;
                _isFilling = false;
                return true;
            }
        }
    }
}
