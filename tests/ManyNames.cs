using System.Text;

namespace Karez.Tests;

/// <summary>Names as they are met, drawn anew the same each time: words, few top-level domains, one to four labels.</summary>
internal static class ManyNames
{
    private static readonly string[] s_words =
    [
        "cloud", "shop", "news", "game", "media", "static", "img", "api", "cdn", "mail", "video", "data", "store",
        "blog", "app", "play", "home", "book", "bank", "travel", "photo", "music", "auto", "health", "food", "world",
    ];

    private static readonly string[] s_ends =
        ["com", "com", "com", "net", "org", "cn", "com.cn", "ru", "ir", "de", "io", "co.uk", "top", "xyz"];

    /// <summary>The text of a list.</summary>
    public static byte[] List(int count)
    {
        var text = new StringBuilder(count * 20);
        for (var i = 0; i < count; i++)
            text.Append(Site(i)).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Names to ask for: half below one of the list, half of none.</summary>
    public static string[] Asked(int count, int listed)
    {
        var names = new string[count];
        for (var i = 0; i < count; i++)
        {
            var draw = Mix((uint)i + 77);
            var site = Site((int)(draw % (uint)listed) + (i % 2 == 0 ? 0 : listed));
            names[i] = (draw >> 40 & 3) switch
            {
                0 => site,
                1 => $"www.{site}",
                2 => $"{s_words[(draw >> 33) % 26]}{draw >> 44 & 31}.{site}",
                _ => $"a-{draw >> 50:x}.edge.{s_words[(draw >> 29) % 26]}.{site}",
            };
        }

        return names;
    }

    private static string Site(int number)
    {
        var draw = Mix((uint)number);
        var end = s_ends[(draw >> 10) % (ulong)s_ends.Length];
        var dash = (draw & 0x20) == 0 ? "" : "-";
        return $"{s_words[draw % 26]}{dash}{s_words[(draw >> 20) % 26]}{number:x}.{end}";
    }

    private static ulong Mix(ulong value)
    {
        value = (value + 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
