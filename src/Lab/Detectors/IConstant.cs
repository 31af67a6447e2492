namespace Karez.Lab.Detectors;

/// <summary>A constant, whatever its type.</summary>
public interface IConstant
{
    /// <summary>How sure it is.</summary>
    ConstantTag Tag { get; }

    /// <summary>Where it stands.</summary>
    string Source { get; }
}
