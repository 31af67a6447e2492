namespace Karez.Lab.Running;

/// <summary>Which stages there are. A stage is added by its line here.</summary>
internal static class RunStages
{
    /// <summary>After the world is gone, in this order.</summary>
    public static IReadOnlyList<IRunStage> After { get; } = [];
}
