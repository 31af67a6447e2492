namespace Karez.Lab.Detectors;

/// <summary>A number, list or table that a detector judges by.</summary>
/// <param name="Value">It.</param>
/// <param name="Tag">How sure it is.</param>
/// <param name="Source">Where it stands.</param>
public sealed record Constant<T>(T Value, ConstantTag Tag, string Source) : IConstant;
