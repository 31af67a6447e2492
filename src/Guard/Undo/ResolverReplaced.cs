using System.Text;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>The file that says who is asked for names (resolv.conf(5)).</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Link">Where it led, when it was a link; else null.</param>
/// <param name="Content">What was in it, when it was a file; else null.</param>
/// <param name="Mode">Its mode.</param>
/// <param name="Text">What is written.</param>
public sealed record ResolverReplaced(string Path, string? Link, byte[]? Content, UnixFileMode Mode, string Text)
    : Change
{
    /// <summary>The first line of what is ours.</summary>
    public const string Ours = "# Written by karez while it runs.";

    /// <summary>What is there at this moment, to be replaced by a text.</summary>
    public static ResolverReplaced Of(string path, string text)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
            return new(path, target, null, default, text);
        return file.Exists
            ? new(path, null, File.ReadAllBytes(path), File.GetUnixFileMode(path), text)
            : new(path, null, null, default, text);
    }

    /// <summary>Whether what is there is ours.</summary>
    public static bool IsOurs(string path)
    {
        try
        {
            if (new FileInfo(path) is { LinkTarget: not null } or { Exists: false })
                return false;
            using var reader = new StreamReader(path);
            return reader.ReadLine() == Ours;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal override string? Do(Rtnetlink net) => Try(() => Put(Encoding.UTF8.GetBytes(Text), ReadableByAll));

    /// <summary>What somebody else has written since stays: it is newer than what we know.</summary>
    internal override string? Undo(Rtnetlink net) => !IsOurs(Path) ? null : Try(() =>
    {
        if (Link is not null)
        {
            var beside = Beside;
            File.Delete(beside);
            File.CreateSymbolicLink(beside, Link);
            File.Move(beside, Path, overwrite: true);
        }
        else if (Content is not null)
        {
            Put(Content, Mode);
        }
        else
        {
            File.Delete(Path);
        }
    });

    private string Beside => $"{Path}.karez";

    private void Put(byte[] content, UnixFileMode mode)
    {
        var beside = Beside;
        File.Delete(beside);
        File.WriteAllBytes(beside, content);
        File.SetUnixFileMode(beside, mode);
        try
        {
            File.Move(beside, Path, overwrite: true);
        }
        catch (IOException)
        {
            // Something is mounted there, as in containers: it can be written, but nothing takes its place.
            File.Delete(beside);
            using var file = new FileStream(Path, FileMode.Truncate, FileAccess.Write);
            file.Write(content);
        }
    }

    private string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{Path}: {e.Message}";
        }
    }

    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
