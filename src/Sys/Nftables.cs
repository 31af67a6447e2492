using System.Runtime.InteropServices;
using System.Text;

namespace Karez.Sys;

/// <summary>
/// libnftables (package libnftables1): commands as JSON (libnftables-json(5)), each call one transaction, in the
/// network namespace that the thread is in.
/// </summary>
public static unsafe partial class Nftables
{
    private const string Library = "libnftables.so.1";

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsPresent
    {
        get
        {
            if (!NativeLibrary.TryLoad(Library, out var handle))
                return false;
            NativeLibrary.Free(handle);
            return true;
        }
    }

    /// <summary>Runs commands: all of them take effect at once, or none.</summary>
    /// <param name="json">The commands.</param>
    /// <param name="answer">What it printed: JSON for a list, or what it did not like.</param>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="DllNotFoundException">The library is missing.</exception>
    public static bool TryRun(string json, out string answer)
    {
        var command = new byte[Encoding.UTF8.GetByteCount(json) + 1];
        Encoding.UTF8.GetBytes(json, command);
        var context = nft_ctx_new(0);
        if (context == 0)
        {
            answer = "no netfilter socket";
            return false;
        }

        try
        {
            nft_ctx_output_set_flags(context, JsonOutput);
            _ = nft_ctx_buffer_output(context);
            _ = nft_ctx_buffer_error(context);
            fixed (byte* start = command)
            {
                var done = nft_run_cmd_from_buffer(context, start) == 0;
                answer = Marshal.PtrToStringUTF8(
                    done ? nft_ctx_get_output_buffer(context) : nft_ctx_get_error_buffer(context))?.Trim() ?? "";
                return done;
            }
        }
        finally
        {
            nft_ctx_free(context);
        }
    }

    [LibraryImport(Library)]
    private static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    private static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    private static partial void nft_ctx_output_set_flags(nint context, uint flags);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_output_buffer(nint context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_error_buffer(nint context);

    [LibraryImport(Library)]
    private static partial int nft_run_cmd_from_buffer(nint context, byte* command);

    private const uint JsonOutput = 1 << 4; // NFT_CTX_OUTPUT_JSON; it also makes the library read JSON.
}
