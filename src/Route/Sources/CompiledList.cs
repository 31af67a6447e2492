namespace Karez.Route.Sources;

/// <summary>A compiled file, to be written or kept.</summary>
/// <param name="Parts">Its octets, in parts.</param>
/// <param name="Skipped">Entries that were passed over.</param>
public sealed record CompiledList(IReadOnlyList<ReadOnlyMemory<byte>> Parts, int Skipped)
{
    /// <summary>All parts in one.</summary>
    public byte[] Join()
    {
        var whole = new byte[Parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in Parts)
        {
            part.CopyTo(whole.AsMemory(at));
            at += part.Length;
        }

        return whole;
    }
}
