using System.Net.Sockets;

namespace Karez.Interop.V2Ray;

/// <summary>Reading and copying whole streams within a limit of time.</summary>
internal static class VlessStreams
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Everything until the end; a reset counts as one.</summary>
    public static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all).WaitAsync(Patience);
        }
        catch (IOException exception) when (exception.InnerException is SocketException)
        {
            // What came before the reset is what came.
        }

        return all.ToArray();
    }

    /// <summary>Copies one direction and passes its end on.</summary>
    public static async Task CarryAsync(NetworkStream from, NetworkStream to)
    {
        await from.CopyToAsync(to).WaitAsync(Patience);
        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
