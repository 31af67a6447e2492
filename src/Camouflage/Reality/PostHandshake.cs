namespace Karez.Camouflage.Reality;

/// <summary>
/// What a target was seen to send after the client's Finished: records, grouped into the writes they came in.
/// </summary>
/// <param name="Writes">Each write as the total lengths of its records, header included.</param>
public sealed record PostHandshake(IReadOnlyList<IReadOnlyList<int>> Writes)
{
    /// <summary>A target that says nothing.</summary>
    public static PostHandshake Silent { get; } = new([]);

    /// <summary>Same writes, same records.</summary>
    public bool Equals(PostHandshake? other) =>
        other is not null
        && Writes.Count == other.Writes.Count
        && Writes.Zip(other.Writes).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var write in Writes)
        {
            hash.Add(write.Count);
            foreach (var length in write)
                hash.Add(length);
        }

        return hash.ToHashCode();
    }
}
