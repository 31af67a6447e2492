using System.Buffers;
using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using Karez.Cli.Output;
using Karez.Client.Subscriptions;
using Karez.Crypto;

namespace Karez.Cli.Commands;

/// <summary><c>karez bundle LINKS</c>: a list of links that clients can tell from a forged or an old one.</summary>
internal static class BundleCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("bundle", "Signs a list of links, to be put where subscriptions are fetched from.");
        var links = new Argument<string>("LINKS")
        {
            Description = "A file with vless:// links in order of preference, or - for stdin",
        };
        var serial = new Option<long>("--serial")
        {
            Description = "A number higher than that of the last one; clients refuse lower ones",
            HelpName = "N",
            Required = true,
        };
        var key = new Option<string>("--key")
        {
            Description = "The file of the signing key; made if it is not there. Keep it to yourself",
            HelpName = "FILE",
            Required = true,
        };
        command.Add(links);
        command.Add(serial);
        command.Add(key);
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(serial) < 0)
                throw new CommandException("--serial is below 0", "karez bundle --help says how", ExitCode.WrongUse);
            var read = LinkSource.ReadAll(terminal, parsed.GetValue(links)!);
            var seed = Seed(parsed.GetValue(key)!);
            var publicKey = new byte[Ed25519.PublicKeySize];
            Ed25519.DerivePublicKey(seed, publicKey);
            var text = SignedBundle.Write(parsed.GetValue(serial), read, seed);
            CryptographicOperations.ZeroMemory(seed);
            var shown = Base64Url.EncodeToString(publicKey);
            if (parsed.GetValue(common.Json))
            {
                var answer = new BundleAnswer(true, shown, parsed.GetValue(serial), read.Count, text);
                Answers.Write(terminal, answer, AnswersJson.Plain.BundleAnswer);
                return ExitCode.Done;
            }

            terminal.Inform($"signed {read.Count} links as number {parsed.GetValue(serial)}; clients need");
            terminal.Inform($"  \"subscriptions\": [{{ \"urls\": [\"https://...\"], \"key\": \"{shown}\" }}]");
            terminal.Output.Write(text);
            return ExitCode.Done;
        });
        return command;
    }

    private static byte[] Seed(string path)
    {
        if (File.Exists(path))
        {
            var seed = new byte[Ed25519.SeedSize];
            var status = Base64Url.DecodeFromChars(File.ReadAllText(path).Trim(), seed, out _, out var length);
            return status == OperationStatus.Done && length == seed.Length
                ? seed
                : throw new CommandException($"{path} is no signing key", "give another path: one is made there");
        }

        var drawn = RandomNumberGenerator.GetBytes(Ed25519.SeedSize);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new StreamWriter(path, options);
        file.WriteLine(Base64Url.EncodeToString(drawn));
        return drawn;
    }
}
