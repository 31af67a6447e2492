namespace Karez.Client;

/// <summary>A file of this person's alone that is kept for the next start, and whose loss costs only time.</summary>
internal static class PrivateFile
{
    /// <summary>Replaces it as a whole; false, and the old one stays, when it cannot be written.</summary>
    public static bool TryReplace(string path, Action<Stream> write)
    {
        var beside = $"{path}.{Environment.ProcessId}.new";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(beside, options))
                write(file);
            File.Move(beside, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(beside);
            return false;
        }
    }

    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is none, or it cannot be removed.
        }
    }
}
