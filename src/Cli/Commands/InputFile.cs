namespace Karez.Cli.Commands;

/// <summary>Files that people name on the command line.</summary>
internal static class InputFile
{
    // Our limit; no file of ours is a tenth of it.
    private const int MaxLength = 64 << 20;

    /// <summary>A file's octets.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, Length: > MaxLength }
                ? throw new CommandException($"{path} is too long", "give the file that karez wrote")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read {path}: {e.Message}", "check the path and its rights");
        }
    }
}
