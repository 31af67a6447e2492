using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>A setting of the kernel, below /proc/sys/net.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Before">What was in it.</param>
/// <param name="After">What is written.</param>
public sealed record SettingWritten(string Path, string Before, string After) : Change
{
    private const string Folder = "/proc/sys/net/";

    internal override string? Do(Rtnetlink net) => Write(After);

    /// <summary>What somebody else has written since stays.</summary>
    internal override string? Undo(Rtnetlink net)
    {
        try
        {
            return File.Exists(Path) && File.ReadAllText(Path).Trim() == After ? Write(Before) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{Path}: {e.Message}";
        }
    }

    private string? Write(string value)
    {
        // The journal is a file: what it names is written as root.
        if (!Path.StartsWith(Folder, StringComparison.Ordinal) || Path.Contains("..", StringComparison.Ordinal))
            return $"{Path} is no setting of the network";
        try
        {
            File.WriteAllText(Path, value);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{Path}: {e.Message}";
        }
    }
}
