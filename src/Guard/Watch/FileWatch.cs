namespace Karez.Guard.Watch;

/// <summary>Says when a file is written, replaced, or removed by anybody (inotify(7)).</summary>
internal sealed class FileWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public FileWatch(string path, Action changed)
    {
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path) ?? "/", Path.GetFileName(path))
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.CreationTime,
        };
        _watcher.Changed += (_, _) => changed();
        _watcher.Created += (_, _) => changed();
        _watcher.Deleted += (_, _) => changed();
        _watcher.Renamed += (_, _) => changed();
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose() => _watcher.Dispose();
}
