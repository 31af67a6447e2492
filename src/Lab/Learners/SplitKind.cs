namespace Karez.Lab.Learners;

/// <summary>How flows for learning and for testing are kept apart.</summary>
internal enum SplitKind
{
    /// <summary>No subscriber is in both; twins stay together.</summary>
    Client,

    /// <summary>No site is in both.</summary>
    Site,

    /// <summary>The run's first half and its second: the nearest to days that captured minutes allow.</summary>
    Time,
}
