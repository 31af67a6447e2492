using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Who this process runs as.</summary>
public static partial class Users
{
    /// <summary>The effective user's number; 0 is root.</summary>
    public static uint EffectiveId => geteuid();

    [LibraryImport(Libc.Name)]
    private static partial uint geteuid();
}
