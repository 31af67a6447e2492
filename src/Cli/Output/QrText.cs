using System.Text;
using QRCoder;

namespace Karez.Cli.Output;

/// <summary>A QR code for terminals: two modules a character, in colours that no theme changes.</summary>
internal static class QrText
{
    // ISO/IEC 18004 section 9.1: four light modules around the code.
    private const int Quiet = 4;

    /// <summary>Draws a code; null if it would be wider than the terminal.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="columns">How wide it may be.</param>
    public static string? Draw(string text, int columns)
    {
        var dark = Modules(text);
        if (dark is null)
            return null;
        var side = dark.Length + (2 * Quiet);
        if (side > columns)
            return null;
        var drawing = new StringBuilder(side * side);
        for (var y = 0; y < side; y += 2)
        {
            // Black on white whatever the theme: palette entries 16 and 231 are fixed, unlike the first sixteen.
            drawing.Append("\u001b[38;5;16;48;5;231m");
            for (var x = 0; x < side; x++)
                drawing.Append(Half(IsDark(dark, x, y), IsDark(dark, x, y + 1)));
            drawing.Append("\u001b[0m\n");
        }

        return drawing.ToString();
    }

    /// <summary>Columns that a code takes; null if the text is too long for any.</summary>
    public static int? WidthOf(string text) => Modules(text) is { } dark ? dark.Length + (2 * Quiet) : null;

    /// <summary>Draws a code as a picture in PNG, eight pixels a module; null if the text is too long.</summary>
    public static byte[]? Png(string text)
    {
        try
        {
            using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
            using var png = new PngByteQRCode(data);
            return png.GetGraphic(8);
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return null;
        }
    }

    private static bool[][]? Modules(string text)
    {
        try
        {
            // The lowest level of correction: screens are clean, and the code has to fit into 80 columns.
            using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
            // The library's own border is four modules too; ours is added while drawing.
            var whole = data.ModuleMatrix;
            return [.. whole.Skip(Quiet).Take(whole.Count - (2 * Quiet)).Select(row =>
                Enumerable.Range(Quiet, whole.Count - (2 * Quiet)).Select(x => row[x]).ToArray())];
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return null;
        }
    }

    private static bool IsDark(bool[][] dark, int x, int y)
    {
        var (column, row) = (x - Quiet, y - Quiet);
        return row >= 0 && row < dark.Length && column >= 0 && column < dark.Length && dark[row][column];
    }

    private static char Half(bool above, bool below) => (above, below) switch
    {
        (true, true) => '\u2588',
        (true, false) => '\u2580',
        (false, true) => '\u2584',
        _ => ' ',
    };
}
