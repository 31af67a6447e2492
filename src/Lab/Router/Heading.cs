namespace Karez.Lab.Router;

/// <summary>Which way a packet goes through a place.</summary>
public enum Heading
{
    /// <summary>Away from subscribers, or out of the country.</summary>
    Outward,

    /// <summary>Towards subscribers, or into the country.</summary>
    Inward,
}
