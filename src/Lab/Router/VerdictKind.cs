namespace Karez.Lab.Router;

/// <summary>What may become of a packet.</summary>
public enum VerdictKind
{
    /// <summary>It goes on.</summary>
    Pass,

    /// <summary>It is gone.</summary>
    Drop,

    /// <summary>It goes on later.</summary>
    Delay,

    /// <summary>It is gone, and so is what follows on its flow.</summary>
    Freeze,
}
