using System.CommandLine;
using System.CommandLine.Invocation;
using Karez.Beds;
using Karez.Lab.Commands;

namespace Karez.Lab;

/// <summary>The <c>karez-lab</c> command: parses, runs, and tells failures in two lines.</summary>
public static class LabCommand
{
    /// <summary>It did what was asked.</summary>
    public const int Done = 0;

    /// <summary>It could not, or the answer is no.</summary>
    public const int Failed = 1;

    /// <summary>It was asked wrongly.</summary>
    public const int WrongUse = 2;

    /// <summary>Runs one command line.</summary>
    /// <returns>How the process ends.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(error);
        var parsed = Build().Parse(arguments);
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
        {
            // The parser's messages may run over several lines.
            var words = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return Tell(error, string.Join(' ', words).TrimEnd('.'), "karez-lab --help says how", WrongUse);
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                    // A run takes the signals itself, to tear its world down.
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (LabException e)
        {
            return Tell(error, e.Message, e.Hint, Failed);
        }
        catch (BedException e)
        {
            return Tell(error, e.Message, "the lab needs root, iproute2 and network namespaces", Failed);
        }
        catch (IOException e)
        {
            return Tell(error, e.Message, "check the path and the room", Failed);
        }
        catch (OperationCanceledException)
        {
            return Tell(error, "stopped", "start it again when you like", Failed);
        }
        catch (UnauthorizedAccessException e)
        {
            return Tell(error, e.Message, "run it as a user who may", Failed);
        }
    }

    /// <summary>The whole tree of commands.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("A closed world in which it is measured whether a tunnel's user would be noticed.");
        root.Add(RunCommand.Build());
        root.Add(ReportCommand.Build());
        root.Add(ProbeCommand.Build());
        root.Add(ListCommand.Build());
        root.Add(JudgeCommand.Build());
        return root;
    }

    private static int Tell(TextWriter error, string what, string hint, int exitCode)
    {
        error.WriteLine($"karez-lab: {Printable(what)}");
        error.WriteLine($"hint: {Printable(hint)}");
        return exitCode;
    }

    private static string Printable(string text) =>
        string.Concat(text.Select(c => c == '\n' ? ' ' : char.IsControl(c) ? '?' : c));
}
