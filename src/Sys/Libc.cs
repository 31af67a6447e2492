using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Karez.Sys;

/// <summary>How a libc return value becomes this project's: the value, or minus errno.</summary>
internal static class Libc
{
    internal const string Name = "libc";

    internal static int Check(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    internal static int Check(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();
}
