using Karez.Config;

namespace Karez.Cli;

/// <summary>A command cannot do what was asked; says what is wrong and what would help, and how it ends.</summary>
public sealed class CommandException : Exception
{
    /// <summary>One trouble.</summary>
    public CommandException(string what, string hint, int exitCode = Cli.ExitCode.Failed)
        : this([new Problem("", what, hint)], exitCode)
    {
    }

    /// <summary>Several, each with its place.</summary>
    public CommandException(IReadOnlyList<Problem> problems, int exitCode = Cli.ExitCode.Failed)
        : base(string.Join("; ", problems.Select(p => p.What)))
    {
        Problems = problems;
        ExitCode = exitCode;
    }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>How the process ends.</summary>
    public int ExitCode { get; }
}
