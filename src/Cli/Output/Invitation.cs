using Karez.Config.Links;

namespace Karez.Cli.Output;

/// <summary>How a link is handed over: the code for whoever looks, the link itself as the answer.</summary>
internal static class Invitation
{
    public static void Show(Terminal terminal, VlessLink link)
    {
        var text = link.Format();
        if (terminal.ErrorIsTerminal)
        {
            if (QrText.Draw(text, terminal.Width) is { } code)
                terminal.Error.Write(code);
            else
                terminal.Inform("the terminal is too narrow for the code; karez link LINK --png FILE draws it");
        }

        terminal.Output.WriteLine(text);
    }
}
