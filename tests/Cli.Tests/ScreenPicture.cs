using System.Globalization;
using System.Text;

namespace Karez.Cli.Tests;

/// <summary>
/// A picture of what a terminal shows: understands SGR colours of the fixed palette and the half blocks, and fills
/// the rest of the screen with the theme's colours. It is not the program's own drawing code.
/// </summary>
internal static class ScreenPicture
{
    private const int CellWidth = 4;
    private const int CellHeight = 8;
    private const int Margin = 3;

    /// <summary>A picture (PPM) of the text on a theme.</summary>
    public static byte[] Of(string text, int background, int foreground)
    {
        var rows = text.TrimEnd('\n').Split('\n').Select(l => Cells(l, background, foreground)).ToList();
        var columns = rows.Max(r => r.Count) + (2 * Margin);
        var (width, height) = (columns * CellWidth, (rows.Count + (2 * Margin)) * CellHeight);
        var header = Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n");
        var pixels = new byte[header.Length + (width * height * 3)];
        header.CopyTo(pixels, 0);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (row, column) = ((y / CellHeight) - Margin, (x / CellWidth) - Margin);
                var inside = row >= 0 && row < rows.Count && column >= 0 && column < rows[row].Count;
                var colour = background;
                if (inside)
                    colour = y % CellHeight < CellHeight / 2 ? rows[row][column].Upper : rows[row][column].Lower;
                var at = header.Length + (((y * width) + x) * 3);
                pixels[at] = (byte)(colour >> 16);
                pixels[at + 1] = (byte)(colour >> 8);
                pixels[at + 2] = (byte)colour;
            }
        }

        return pixels;
    }

    /// <summary>How many columns a line takes.</summary>
    public static int Columns(string line) => Cells(line, 0, 0).Count;

    private static List<(int Upper, int Lower)> Cells(string line, int themeBackground, int themeForeground)
    {
        var cells = new List<(int, int)>();
        var (foreground, background) = (themeForeground, themeBackground);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\u001b')
            {
                var end = line.IndexOf('m', i);
                (foreground, background) = line[(i + 2)..end] switch
                {
                    "0" => (themeForeground, themeBackground),
                    var sgr => (Palette(sgr, "38;5;"), Palette(sgr, "48;5;")),
                };
                i = end;
                continue;
            }

            cells.Add(line[i] switch
            {
                '\u2588' => (foreground, foreground),
                '\u2580' => (foreground, background),
                '\u2584' => (background, foreground),
                ' ' => (background, background),
                _ => throw new InvalidDataException($"U+{(int)line[i]:X4}"),
            });
        }

        return cells;
    }

    /// <summary>A colour of the 6x6x6 cube that terminals of 256 colours share (16 to 231).</summary>
    private static int Palette(string sgr, string kind)
    {
        var number = sgr[(sgr.IndexOf(kind, StringComparison.Ordinal) + kind.Length)..].Split(';')[0];
        var index = int.Parse(number, CultureInfo.InvariantCulture) - 16;
        Assert.InRange(index, 0, 215);
        int[] levels = [0, 95, 135, 175, 215, 255];
        return (levels[index / 36] << 16) | (levels[index / 6 % 6] << 8) | levels[index % 6];
    }
}
