namespace Karez.Server;

/// <summary>The target cannot be used; the message says why in a few words.</summary>
public sealed class TargetException : Exception
{
    /// <summary>Says why.</summary>
    public TargetException(string message)
        : base(message)
    {
    }

    /// <summary>Without a reason.</summary>
    public TargetException()
        : this("the target cannot be used")
    {
    }

    /// <summary>Says why, with the cause.</summary>
    public TargetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
