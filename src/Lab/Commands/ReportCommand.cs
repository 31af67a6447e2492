using System.CommandLine;
using Karez.Lab.Judging;
using Karez.Lab.Reports;
using Karez.Lab.Running;

namespace Karez.Lab.Commands;

/// <summary><c>karez-lab report DIR</c>: looks at a run's captures again and writes its report anew.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder that a run wrote" };
        var real = RunCommand.RealOption();
        var command = new Command("report", "Looks at a run's captures again, and writes its report anew.")
        {
            folder, real,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var run = FinishedRun.Open(
                parsed.GetRequiredValue(folder), Clients.RequireOne(parsed.GetValue(real)));
            var progress = new TerminalProgress(
                error, ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected);
            await progress.ShowAsync(async () =>
            {
                await RunStages.RunAsync(run, progress, cancellationToken);
                return run;
            });
            return ReportText.Write(run.Report, output);
        });
        return command;
    }
}
