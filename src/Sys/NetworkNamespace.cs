using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Network namespaces (network_namespaces(7)).</summary>
public static partial class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>
    /// Moves the calling thread, for good and alone, into a namespace: use a thread that ends afterwards, and start no
    /// thread or pool work on it, for they would inherit the namespace.
    /// </summary>
    /// <param name="path">Where the namespace is mounted, as /run/netns/NAME.</param>
    /// <returns>0, or minus errno.</returns>
    public static int Enter(string path)
    {
        var descriptor = Libc.Check(open(path, ReadOnlyCloseOnExec));
        if (descriptor < 0)
            return descriptor;
        var result = Libc.Check(setns(descriptor, CloneNewNet));
        Descriptors.Close(descriptor);
        return result;
    }

    [LibraryImport(Libc.Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int setns(int descriptor, int type);
}
