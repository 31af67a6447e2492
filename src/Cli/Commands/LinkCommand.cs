using System.CommandLine;
using Karez.Cli.Output;
using Karez.Config.Links;

namespace Karez.Cli.Commands;

/// <summary><c>karez link LINK</c>: explains a link, and converts it.</summary>
internal static class LinkCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("link", "Explains a link, key by key, and converts it.");
        var link = new Argument<string>("LINK") { Description = "A vless:// link, a file with one, or - for stdin" };
        var singBox = new Option<bool>("--sing-box") { Description = "Convert to a configuration of sing-box (JSON)" };
        var mihomo = new Option<bool>("--mihomo") { Description = "Convert to a configuration of mihomo (YAML)" };
        var qr = new Option<bool>("--qr") { Description = "Draw its QR code on the terminal" };
        var png = new Option<string?>("--png") { Description = "Draw its QR code into a picture", HelpName = "FILE" };
        foreach (var option in (Option[])[singBox, mihomo, qr, png])
            command.Add(option);
        command.Add(link);
        command.Validators.Add(result =>
        {
            if (((Option[])[singBox, mihomo, qr, png]).Count(o => result.GetResult(o) is { Implicit: false }) > 1)
                result.AddError("--sing-box, --mihomo, --qr and --png are one at a time");
            if (result.GetValue(qr) && result.GetValue<bool>("--json"))
                result.AddError("--qr draws for people; --json is for scripts");
        });
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            var read = LinkSource.Read(terminal, parsed.GetValue(link)!);
            if (parsed.GetValue(singBox))
                Convert(terminal, SingBoxProfile.Write(read) + "\n", SingBoxProfile.Notes(read));
            else if (parsed.GetValue(mihomo))
                Convert(terminal, MihomoProfile.Write(read), MihomoProfile.Notes(read));
            else if (parsed.GetValue(qr))
                terminal.Output.Write(QrText.Draw(read.Format(), terminal.Width) ?? throw TooWide(terminal, read));
            else if (parsed.GetValue(png) is { } path)
                WritePng(terminal, read, path, parsed.GetValue(common.Json));
            else if (parsed.GetValue(common.Json))
                Answers.Write(terminal, Answer(read), AnswersJson.Plain.LinkAnswer);
            else
                Explain(terminal, read);
            return ExitCode.Done;
        });
        return command;
    }

    private static LinkAnswer Answer(VlessLink link) => new(link.Format(), LinkParts.Of(link), link.Notes);

    private static void Explain(Terminal terminal, VlessLink link)
    {
        Tables.Write(
            terminal, ["KEY", "VALUE", "MEANING"], LinkParts.Of(link).Select(p => new[] { p.Key, p.Value, p.Meaning }));
        foreach (var note in link.Notes)
            terminal.Inform($"note: {note}");
    }

    private static void Convert(Terminal terminal, string text, IEnumerable<string> notes)
    {
        terminal.Output.Write(text);
        foreach (var note in notes)
            terminal.Inform($"note: {note}");
    }

    private static void WritePng(Terminal terminal, VlessLink link, string path, bool json)
    {
        File.WriteAllBytes(path, QrText.Png(link.Format()) ?? throw TooLong());
        if (json)
            Answers.Write(terminal, Answer(link), AnswersJson.Plain.LinkAnswer);
    }

    private static CommandException TooWide(Terminal terminal, VlessLink link) =>
        QrText.WidthOf(link.Format()) is { } columns
            ? new($"the code takes {columns} columns and this terminal has {terminal.Width}", "widen it, or --png FILE")
            : TooLong();

    private static CommandException TooLong() => new(
        "the link is too long for a QR code here", "links with an ML-DSA-65 key (pqv) are; send the link as text");
}
