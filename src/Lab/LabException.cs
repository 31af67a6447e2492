namespace Karez.Lab;

/// <summary>The lab cannot or will not do what was asked: what is wrong, and what would help.</summary>
public sealed class LabException(string what, string hint) : Exception(what)
{
    /// <summary>What would help.</summary>
    public string Hint { get; } = hint;
}
