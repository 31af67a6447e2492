namespace Karez.Client.Subscriptions;

/// <summary>What becomes of what was fetched.</summary>
public enum SubscriptionVerdict
{
    /// <summary>It is taken, and kept.</summary>
    Taken,

    /// <summary>It is what is kept already.</summary>
    Same,

    /// <summary>It has no link that can be used.</summary>
    Empty,

    /// <summary>It should be signed, and is not, or by another key.</summary>
    NotSigned,

    /// <summary>It is older than what is kept, or another one of the same number.</summary>
    Older,
}
