namespace Karez.Lab.Router;

/// <summary>A virtual place on a subscriber's way abroad, in the order in which outward packets pass them.</summary>
public enum Place
{
    /// <summary>The carrier's gateway, before address translation: inner addresses, the subscriber is known.</summary>
    Carrier,

    /// <summary>The provincial firewall, behind the translation: public addresses.</summary>
    Provincial,

    /// <summary>The national firewall, at the border; domestic traffic does not pass it.</summary>
    National,
}
