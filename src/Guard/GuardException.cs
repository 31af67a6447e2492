namespace Karez.Guard;

/// <summary>Something could not be done to this machine, in two lines: what, and what helps.</summary>
public sealed class GuardException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="what">What could not be done.</param>
    /// <param name="hint">What helps.</param>
    /// <param name="innerException">What was behind it.</param>
    public GuardException(string what, string hint, Exception? innerException = null)
        : base(what, innerException) => Hint = hint;

    /// <summary>What helps.</summary>
    public string Hint { get; }
}
