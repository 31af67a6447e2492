namespace Karez.Proxy;

/// <summary>What a reader of one message says about the octets it was shown.</summary>
public enum ParseStatus
{
    /// <summary>The message is whole.</summary>
    Done,

    /// <summary>The octets so far are in order; more are needed.</summary>
    NeedInput,

    /// <summary>No further octets can make this a message.</summary>
    Failed,
}
