namespace Karez.Lab.Learners;

/// <summary>What a learner is given of a flow.</summary>
internal enum FeatureKind
{
    /// <summary>What can be measured of the whole flow: see <see cref="Statistics.FeatureSet"/>.</summary>
    Flow,

    /// <summary>Lengths and directions of the first thirty packets, without times.</summary>
    FirstPackets,
}
