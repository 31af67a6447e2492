namespace Karez.Proxy.Tests;

internal static class Host
{
    public static Destination At(string text) =>
        Destination.TryParse(text, out var destination) ? destination : throw new ArgumentException(text);
}
