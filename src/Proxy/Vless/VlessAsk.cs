namespace Karez.Proxy.Vless;

/// <summary>
/// What a client wants to hear of the dial: Karez's own field 15 of a request's addons (docs/decisions/verdict.md).
/// </summary>
public enum VlessAsk : byte
{
    /// <summary>Nothing, as every other client.</summary>
    Nothing = 0,

    /// <summary>Why it failed, if it did.</summary>
    Failure = 1,

    /// <summary>That, and at once when there is a connection.</summary>
    Outcome = 2,
}
