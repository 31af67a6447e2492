using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Karez.Cli;

/// <summary><c>karez --version</c>.</summary>
internal sealed class TellVersion(Terminal terminal) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(TellVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        terminal.Output.WriteLine(version?.InformationalVersion);
        return ExitCode.Done;
    }
}
