using Karez.Config;

namespace Karez.Server.State;

/// <summary>The state folder cannot be used as it is; says what is wrong and what would help.</summary>
public sealed class StateException : Exception
{
    /// <summary>One trouble.</summary>
    public StateException(string what, string hint)
        : base(what)
    {
        Problems = [new Problem("", what, hint)];
    }

    /// <summary>Several, each with its place in a file.</summary>
    public StateException(IReadOnlyList<Problem> problems)
        : base(string.Join("; ", problems.Select(p => $"{p.Path}: {p.What}"))) => Problems = problems;

    /// <summary>What is wrong; a path is empty where the whole folder is meant.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
