using Karez.Sys;

namespace Karez.Server.State;

/// <summary>The folder that keeps what a role must not lose: 0700, files 0600, each written whole by rename.</summary>
public sealed class StateFolder
{
    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OnlyMineToEnter = OnlyMine | UnixFileMode.UserExecute;

    // Our limit; a roster of 10,000 people is about 2 MB.
    private const int MaxFile = 64 << 20;

    private StateFolder(string path) => Path = path;

    /// <summary>The folder's path.</summary>
    public string Path { get; }

    /// <summary>Where the state is when nothing is said: /var/lib/karez for root, else $XDG_STATE_HOME/karez.</summary>
    public static string DefaultPath
    {
        get
        {
            if (Users.EffectiveId == 0)
                return "/var/lib/karez";
            var home = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            return System.IO.Path.IsPathFullyQualified(home ?? "")
                ? System.IO.Path.Combine(home!, "karez") // a full path is not null
                : System.IO.Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "karez");
        }
    }

    /// <summary>Opens a folder, making it if asked to.</summary>
    /// <exception cref="StateException">It is not there, or not ours to use.</exception>
    public static StateFolder Open(string path, bool create)
    {
        ArgumentNullException.ThrowIfNull(path);
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (create)
                Directory.CreateDirectory(path, OnlyMineToEnter);
            else if (!Directory.Exists(path))
                throw new StateException($"there is no state in {path}", "run karez serve first, or give --state DIR");
            // Keys live here: what others could enter is closed.
            if ((File.GetUnixFileMode(path) & ~OnlyMineToEnter) != 0)
                File.SetUnixFileMode(path, OnlyMineToEnter);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StateException($"cannot use {path}: {e.Message}", "run it as its owner, or give --state DIR");
        }

        return new StateFolder(path);
    }

    /// <summary>A file's path in this folder.</summary>
    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file's octets, or null if it is not there.</summary>
    /// <exception cref="StateException">It is there and cannot be read.</exception>
    public byte[]? Read(string name)
    {
        try
        {
            var file = new FileInfo(FileOf(name));
            if (!file.Exists)
                return null;
            if (file.Length > MaxFile)
                throw new StateException($"{file.FullName} is too long to be ours", "restore it from a backup");
            return File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StateException($"cannot read {FileOf(name)}: {e.Message}", "run it as the folder's owner");
        }
    }

    /// <summary>Writes a file whole: beside, synced, renamed over the old one, the folder synced.</summary>
    /// <exception cref="StateException">It could not be written; the old file is as it was.</exception>
    public void Write(string name, ReadOnlySpan<byte> octets)
    {
        var beside = FileOf($".{name}.{Environment.ProcessId}.new");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = OnlyMine,
            };
            using (var file = new FileStream(beside, options))
            {
                file.Write(octets);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, FileOf(name), overwrite: true);
            _ = Folders.Sync(Path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            Forget(beside);
            throw new StateException($"cannot write {FileOf(name)}: {e.Message}", "nothing was changed; make room");
        }
    }

    /// <summary>Takes the folder for a role; the kernel lets go of it when the process ends.</summary>
    /// <param name="role">The lock's name: <c>serve</c> or <c>connect</c>.</param>
    /// <exception cref="StateException">Another process has it.</exception>
    public IDisposable Take(string role) =>
        TryTake(role) ?? throw new StateException(
            $"karez {role} is already running on {Path}", "stop it first, or give another --state DIR");

    /// <summary>The same, or null if another process has it.</summary>
    /// <exception cref="StateException">The lock's file cannot be made.</exception>
    public IDisposable? TryTake(string role)
    {
        var result = FileLock.TryTake(FileOf($"{role}.lock"), out var held);
        if (result is 0)
            return held;
        return result == -Errno.Again
            ? null
            : throw new StateException(
                $"cannot lock {FileOf($"{role}.lock")}: error {-result}", "run it as the folder's owner");
    }

    /// <summary>Waits up to five seconds for another command that is changing the same files.</summary>
    /// <exception cref="StateException">It did not end.</exception>
    public IDisposable TakeToChange()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (TryTake("change") is { } held)
                return held;
            Thread.Sleep(50);
        }

        throw new StateException($"another command is changing {Path}", "try again when it has ended");
    }

    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // The write's own failure is what the person has to hear.
        }
    }
}
