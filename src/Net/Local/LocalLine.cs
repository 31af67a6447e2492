using System.Text;

namespace Karez.Net.Local;

/// <summary>One line of UTF-8, of bounded length.</summary>
internal static class LocalLine
{
    /// <summary>Reads up to a line feed; null if the other end finished before, or said too much.</summary>
    public static async ValueTask<string?> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length >= limit)
                    return null;
                Array.Resize(ref buffer, Math.Min(limit, length * 2));
            }

            var count = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (count == 0)
                return null;
            var end = buffer.AsSpan(length, count).IndexOf((byte)'\n');
            length += count;
            if (end >= 0)
                return Encoding.UTF8.GetString(buffer, 0, length - count + end);
        }
    }
}
