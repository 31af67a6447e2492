namespace Karez.Camouflage.Browser;

/// <summary>One thing that is wrong in a profile file.</summary>
/// <param name="Path">The member, for example <c>$.extensions[3].body</c>.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record ProfileProblem(string Path, string What);
