namespace Karez.Cli.Output;

/// <summary>A signed list, for scripts.</summary>
/// <param name="Ok">Always true.</param>
/// <param name="PublicKey">What clients put into their configuration.</param>
/// <param name="Serial">Its number.</param>
/// <param name="Links">How many links it has.</param>
/// <param name="Bundle">The list itself.</param>
internal sealed record BundleAnswer(bool Ok, string PublicKey, long Serial, int Links, string Bundle);
