using Karez.Lab.Detectors;

namespace Karez.Lab.Findings;

/// <summary>What one detector flagged of one group.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Technique">The technique's number.</param>
/// <param name="Tag">How sure its weakest constant is.</param>
/// <param name="Group">The tool; <c>browser</c> or <c>fetch</c> for those without.</param>
/// <param name="FlowsHit">Flows by which the group is judged and which it flagged.</param>
/// <param name="Flows">Of how many.</param>
/// <param name="SessionsHit">Sessions with anything flagged, beside the tunnel too.</param>
/// <param name="Sessions">Of how many.</param>
/// <param name="UsersHit">Subscribers (the captured time is one day of each) with anything flagged.</param>
/// <param name="Users">Of how many.</param>
/// <param name="Example">What it said of the first.</param>
public sealed record MatrixRow(
    string Detector,
    string Technique,
    ConstantTag Tag,
    string Group,
    int FlowsHit,
    int Flows,
    int SessionsHit,
    int Sessions,
    int UsersHit,
    int Users,
    string? Example = null);
