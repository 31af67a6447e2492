namespace Karez.Lab.Probers;

/// <summary>One probe against the node and against the bare cover site.</summary>
/// <param name="Tool">Whose node.</param>
/// <param name="Technique">The catalogue's number.</param>
/// <param name="Probe">What was sent.</param>
/// <param name="Node">The node's reactions, each once, with how often.</param>
/// <param name="Cover">The cover's.</param>
/// <param name="Visits">Connections to each.</param>
/// <param name="Differs">Whether they have no reaction in common.</param>
public sealed record ProbeFinding(
    string Tool,
    string Technique,
    string Probe,
    IReadOnlyDictionary<string, int> Node,
    IReadOnlyDictionary<string, int> Cover,
    int Visits,
    bool Differs)
{
    /// <summary>Whether any visit got there: else nothing is known, and nothing differs.</summary>
    public bool Compared => Node.Keys.Concat(Cover.Keys).Any(Reaction.IsReached);
}
