using System.CommandLine;
using System.Text.Json;
using Karez.Lab.Judging;

namespace Karez.Lab.Commands;

/// <summary><c>karez-lab judge CAPTURE [--site CAPTURE] [--json]</c>.</summary>
internal static class JudgeCommand
{
    public static Command Build()
    {
        var capture = new Argument<string>("capture")
        {
            Description = "a finished pcap or pcapng file of one client, at most 1 GiB",
        };
        var site = new Option<string?>("--site")
        {
            Description = "a capture of a browser's direct visits to the site that the tool shows",
            HelpName = "CAPTURE",
        };
        var json = new Option<bool>("--json") { Description = "prints JSON" };
        var command = new Command("judge", "Says what in a capture of one's own would be noticed, and why.")
        {
            capture, site, json,
        };
        command.SetAction(parsed =>
        {
            var judgement = Judge.Of(
                CaptureFile.At(parsed.GetRequiredValue(capture)),
                parsed.GetValue(site) is { } path ? CaptureFile.At(path) : null);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(judgement, LabJson.Default.Judgement));
            else
                JudgementText.Write(judgement, output);
            return LabCommand.Done;
        });
        return command;
    }
}
