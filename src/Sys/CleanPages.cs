using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Pages of program files that are mapped into this process and were never changed.</summary>
public static partial class CleanPages
{
    private static long s_left;

    /// <summary>
    /// Octets of files that are resident more than after the last <see cref="LetGo"/>, all of them before the first; 0
    /// where /proc cannot be read.
    /// </summary>
    public static long CameBack => Math.Max(0, Resident - Volatile.Read(ref s_left));

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
            using var smaps = new FileStream(
                "/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // Collected first: nothing may be read from a file while its mapping changes.
            foreach (var (start, end) in Find(smaps))
                _ = madvise(start, end - start, DoNotNeed);
            Volatile.Write(ref s_left, Resident);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system without it keeps its pages.
        }
    }

    /// <summary>The mappings that qualify, out of the text of smaps.</summary>
    /// <remarks>Octets and not strings: half a megabyte of them would be resident after every call.</remarks>
    public static IReadOnlyList<(nuint Start, nuint End)> Find(Stream smaps)
    {
        ArgumentNullException.ThrowIfNull(smaps);
        var found = new List<(nuint, nuint)>();
        (nuint Start, nuint End)? candidate = null;
        var buffer = new byte[BufferOctets];
        var held = 0;
        for (int read; (read = smaps.Read(buffer.AsSpan(held))) > 0;)
        {
            var rest = buffer.AsSpan(0, held + read);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                ReadOnlySpan<byte> line = rest[..end];
                if (line.StartsWith("Anonymous:"u8))
                {
                    if (candidate is { } clean && line.EndsWith(" 0 kB"u8))
                        found.Add(clean);
                    candidate = null;
                }
                else if (line.Length > 0 && char.IsAsciiHexDigitLower((char)line[0]))
                {
                    candidate = Candidate(line);
                }
            }

            rest.CopyTo(buffer);
            held = rest.Length;
        }

        return found;
    }

    // 55f8efea4000-55f8f059f000 r-xp 00013000 fe:00 131 /usr/bin/karez
    private static (nuint, nuint)? Candidate(ReadOnlySpan<byte> line)
    {
        if (!Utf8Parser.TryParse(line, out ulong start, out var length, 'x'))
            return null;
        line = line[(length + 1)..];
        if (!Utf8Parser.TryParse(line, out ulong end, out length, 'x'))
            return null;
        line = line[(length + 1)..];
        var isFile = line.IndexOf(" /"u8) >= 0;
        return isFile && (line.StartsWith("r-xp"u8) || line.StartsWith("r--p"u8)) ? ((nuint)start, (nuint)end) : null;
    }

    // proc(5), statm: size resident shared text lib data dt, in pages; the third is pages of files and shared memory.
    private static long Resident
    {
        get
        {
            try
            {
                using var file = File.OpenHandle("/proc/self/statm");
                Span<byte> text = stackalloc byte[128];
                ReadOnlySpan<byte> fields = text[..RandomAccess.Read(file, text, 0)];
                for (var skipped = 0; skipped < 2; skipped++)
                    fields = fields[(fields.IndexOf((byte)' ') + 1)..];
                return Utf8Parser.TryParse(fields, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int madvise(nuint start, nuint length, int advice);

    private const int DoNotNeed = 4;

    // Our choice: a line with the longest path fits in (PATH_MAX is 4096); a longer one ends the reading.
    private const int BufferOctets = 8192;
}
