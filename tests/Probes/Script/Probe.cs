namespace Karez.Probes.Script;

/// <summary>One probe: what a stranger does on one connection, and what is looked at.</summary>
/// <param name="Name">File name without ending, with the value of <c>for</c> in brackets.</param>
/// <param name="Shows">The file's first comment: what a difference would give away.</param>
/// <param name="Targets">Targets this probe is meant for; empty means all.</param>
/// <param name="Timed">What the repetitions measure.</param>
/// <param name="Steps">In order.</param>
public sealed record Probe(
    string Name, string Shows, IReadOnlyList<string> Targets, Timed Timed, IReadOnlyList<ProbeStep> Steps)
{
    /// <summary>True when a hello that the node would accept has to be captured first.</summary>
    public bool NeedsCapturedHello => Steps.Any(s => s is SendStep { Payload: { } p } && p.NeedsCapturedHello);

    /// <summary>True when a real TLS client makes the connection.</summary>
    public bool IsVisit => Steps.Any(s => s is VisitStep or ClientStep);

    /// <summary>True when the probe makes sense against the target of this name.</summary>
    public bool IsFor(string target) => Targets.Count == 0 || Targets.Contains(target);

    /// <summary>How long the steps themselves take when nothing closes early, in milliseconds.</summary>
    public int Patience => Steps.Sum(s => s switch
    {
        WaitStep w => w.Milliseconds,
        ExpectNothingStep e => e.Milliseconds,
        ObserveStep o => o.Milliseconds,
        AwaitStep => 50,
        SendStep { Octets: > 0 } d => d.Gap * d.Most,
        SendStep p => p.Gap * (p.Pieces - 1),
        VisitStep or ClientStep => 1000,
        _ => 0,
    });
}

/// <summary>What is measured over repetitions.</summary>
public enum Timed
{
    /// <summary>Nothing; the probe is compared once.</summary>
    Not,

    /// <summary>From the first octet sent to the first octet of the answer.</summary>
    FirstOctet,

    /// <summary>From the first octet sent to the peer's FIN or RST.</summary>
    Close,
}
