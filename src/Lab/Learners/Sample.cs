using Microsoft.ML.Data;

namespace Karez.Lab.Learners;

/// <summary>One flow as a learner gets it.</summary>
internal sealed class Sample
{
    /// <summary>Whether it is the group's.</summary>
    public bool Label { get; set; }

    /// <summary>Its numbers: as many for each flow of a comparison.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Whose it is.</summary>
    [NoColumn]
    public int Subscriber { get; set; }

    /// <summary>What site it was for, by its session; empty where that is not known.</summary>
    [NoColumn]
    public string Site { get; set; } = "";

    /// <summary>When it began.</summary>
    [NoColumn]
    public long Begins { get; set; }
}
