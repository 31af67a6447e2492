using System.Text.Json;

namespace Karez.Guard.Undo;

/// <summary>
/// What was done to this machine and is not undone: a line of JSON for each change, on the disk before the change is
/// made. The file is gone when everything is undone.
/// </summary>
public sealed class Journal : IDisposable
{
    // Our limit: a year of pauses is not a tenth of it.
    private const int MaxLength = 1 << 20;

    private readonly FileStream _file;

    private Journal(string path, FileStream file) => (Path, _file) = (path, file);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens the file, or makes it (0600), to write at its end.</summary>
    /// <exception cref="GuardException">It cannot be made.</exception>
    public static Journal Open(string path)
    {
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.WriteByte((byte)'\n'); // The last line may have been cut off.
            return new Journal(path, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Reads the changes in the order made. A last line that was cut off was never acted upon.</summary>
    public static IReadOnlyList<Change> Read(string path)
    {
        var changes = new List<Change>();
        foreach (var line in ReadText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, ChangeJson.Default.Change) is { } change)
                    changes.Add(change);
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                // Cut off, or of a later version.
            }
        }

        return changes;
    }

    /// <summary>Writes a change and brings it to the disk. Do it only afterwards.</summary>
    /// <exception cref="GuardException">It is not on the disk: the change must not be made.</exception>
    public void Write(Change change)
    {
        try
        {
            JsonSerializer.Serialize(_file, change, ChangeJson.Default.Change);
            _file.WriteByte((byte)'\n');
            _file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(Path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // A full disk, said already.
        }
    }

    /// <summary>Everything, but not without end.</summary>
    private static string ReadText(string path)
    {
        if (!File.Exists(path))
            return "";
        using var reader = new StreamReader(path);
        var text = new char[MaxLength];
        return new string(text, 0, reader.ReadBlock(text));
    }

    private static GuardException Unwritable(string path, Exception e) => new(
        $"cannot write {path}: {e.Message}", "nothing was changed that cannot be undone; make room there", e);
}
