namespace Karez.Camouflage.Reality;

/// <summary>What is known of the target's answer.</summary>
public enum FlightStatus
{
    /// <summary>More of it has to arrive.</summary>
    NeedInput,

    /// <summary>All that we have to resemble is known.</summary>
    Complete,

    /// <summary>Not an answer we can borrow: forward it, and everything after it.</summary>
    Unusable,
}
