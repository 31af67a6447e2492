using System.Globalization;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Pages of program files that are mapped into this process and were never changed.</summary>
public static partial class CleanPages
{
    /// <summary>
    /// Unmaps them (madvise MADV_DONTNEED): what is used again comes back from the page cache by itself. Called when a
    /// start is over, this lets go of all the code that only a start needs.
    /// </summary>
    /// <remarks>
    /// Only private mappings of files that are not writable and hold no page of our own (relocated pages are ours: they
    /// would be lost). Does nothing where /proc cannot be read.
    /// </remarks>
    public static void LetGo()
    {
        try
        {
            // Collected first: nothing may be read from a file while its mapping changes.
            foreach (var (start, end) in Find(File.ReadAllLines("/proc/self/smaps")))
                _ = madvise(start, end - start, DoNotNeed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system without it keeps its pages.
        }
    }

    /// <summary>The mappings that qualify, out of the lines of smaps.</summary>
    public static IReadOnlyList<(nuint Start, nuint End)> Find(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var found = new List<(nuint, nuint)>();
        (nuint Start, nuint End)? candidate = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (candidate is { } clean && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == "0")
                    found.Add(clean);
                candidate = null;
            }
            else if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                candidate = Candidate(line);
            }
        }

        return found;
    }

    // 55f8efea4000-55f8f059f000 r-xp 00013000 fe:00 131 /usr/bin/karez
    private static (nuint, nuint)? Candidate(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 6 || words[1] is not ("r-xp" or "r--p") || words[5][0] != '/')
            return null;
        var range = words[0].Split('-');
        return (Parse(range[0]), Parse(range[1]));
    }

    private static nuint Parse(string digits) =>
        nuint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int madvise(nuint start, nuint length, int advice);

    private const int DoNotNeed = 4;
}
