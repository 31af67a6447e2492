namespace Karez.Lab.Router;

/// <summary>What a subscriber's line may carry.</summary>
public enum LineState
{
    /// <summary>Everything.</summary>
    Open,

    /// <summary>Nothing that crosses the border.</summary>
    Domestic,

    /// <summary>Nothing.</summary>
    Cut,
}
