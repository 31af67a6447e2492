using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Karez.Cli;

/// <summary>A command's help, and one example that works.</summary>
internal sealed class HelpWithExample(Terminal terminal) : SynchronousCommandLineAction
{
    // A link that is well formed; nobody answers to it.
    private const string Link =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@203.0.113.7:443?security=reality&flow=xtls-rprx-vision"
        + "&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef";

    /// <summary>An example of each command, by its name; it works as it is printed.</summary>
    public static IReadOnlyDictionary<string, string> Examples { get; } = new Dictionary<string, string>
    {
        ["karez"] = "karez try",
        ["try"] = "karez try --once",
        ["serve"] = "karez serve --target www.example.com --address 203.0.113.7",
        ["connect"] = $"karez connect '{Link}' --listen 127.0.0.1:1080",
        ["disconnect"] = "karez disconnect",
        ["pause"] = "karez pause 2m",
        ["gateway"] = $"karez gateway '{Link}' --lan eth1",
        ["invite"] = "karez invite Ali",
        ["users"] = "karez users --json",
        ["revoke"] = "karez revoke Ali",
        ["backup"] = "karez backup karez-backup.json",
        ["restore"] = "karez restore karez-backup.json",
        ["status"] = "karez status",
        ["why"] = "karez why www.example.org:443",
        ["scout"] = "karez scout www.example.com www.example.org",
        ["link"] = $"karez link '{Link}' --mihomo > mihomo.yaml",
        ["bundle"] = "karez bundle links.txt --serial 1 --key bundle.key > bundle.txt",
        ["completion"] = "karez completion bash > karez.bash && source ./karez.bash",
    };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction { MaxWidth = terminal.Width }.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Command.Name, out var example))
        {
            terminal.Output.WriteLine("Example:");
            terminal.Output.WriteLine($"  {example}");
        }

        return ExitCode.Done;
    }
}
