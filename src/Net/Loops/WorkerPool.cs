namespace Karez.Net.Loops;

/// <summary>
/// A few threads for work that would hold up a loop. Members are for any thread; what is awaited on a loop comes
/// back to that loop.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private readonly string _name;
    private readonly int _threads;
    private readonly SemaphoreSlim _room;
    private readonly Queue<Job> _jobs = new();
    private int _running;
    private int _idle;
    private bool _disposed;

    /// <summary>Makes a pool; its threads start when there is work, and end after 30 s without.</summary>
    /// <param name="name">The threads' name.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="capacity">Work that may wait in the queue; further callers wait their turn before it.</param>
    public WorkerPool(string name, int threads, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _name = name;
        _threads = threads;
        _room = new SemaphoreSlim(capacity);
    }

    /// <summary>Threads that live at this moment.</summary>
    public int Threads
    {
        get
        {
            lock (_jobs) return _running;
        }
    }

    /// <summary>Does the work on one of the threads and gives its result or its exception.</summary>
    public async ValueTask<T> RunAsync<T>(Func<T> work)
    {
        await _room.WaitAsync();
        try
        {
            var job = new Job<T>(work);
            Enqueue(job);
            return await job.Result;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Ends the threads when they have done what they do now; what waits is cancelled.</summary>
    public void Dispose()
    {
        lock (_jobs)
        {
            _disposed = true;
            while (_jobs.TryDequeue(out var job)) job.Cancel();
            Monitor.PulseAll(_jobs);
        }
    }

    private void Enqueue(Job job)
    {
        lock (_jobs)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _jobs.Enqueue(job);
            if (_idle >= _jobs.Count || _running == _threads)
            {
                Monitor.Pulse(_jobs);
                return;
            }

            _running++;
        }

        new Thread(Work) { Name = _name, IsBackground = true }.Start();
    }

    private void Work()
    {
        while (Take() is { } job) job.Run();
    }

    private Job? Take()
    {
        lock (_jobs)
        {
            Job? job;
            while (!_jobs.TryDequeue(out job))
            {
                _idle++;
                var signalled = !_disposed && Monitor.Wait(_jobs, s_rest);
                _idle--;
                if ((signalled && !_disposed) || _jobs.Count > 0) continue;
                _running--;
                return null;
            }

            return job;
        }
    }

    private abstract class Job
    {
        internal abstract void Run();

        internal abstract void Cancel();
    }

    private sealed class Job<T>(Func<T> work) : Job
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<T> Result => _result.Task;

        internal override void Cancel() => _result.SetCanceled(CancellationToken.None);

        internal override void Run()
        {
            try
            {
                _result.SetResult(work());
            }
#pragma warning disable CA1031 // It is the caller's, whatever it is.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _result.SetException(exception);
            }
        }
    }

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);
}
