namespace Karez.Beds;

/// <summary>A command of iproute2, or a call of the kernel, failed.</summary>
public sealed class BedException : Exception
{
    internal BedException(string message)
        : base(message)
    {
    }
}
