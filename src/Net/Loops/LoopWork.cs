namespace Karez.Net.Loops;

/// <summary>Something the loop does on its next turn; linked in place, so queueing costs nothing.</summary>
internal abstract class LoopWork
{
    /// <summary>The loop's link.</summary>
    internal LoopWork? NextWork { get; set; }

    /// <summary>Whether the loop has it in its queue.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Does it, on the loop's thread.</summary>
    internal abstract void Run();
}
