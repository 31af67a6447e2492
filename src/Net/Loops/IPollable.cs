namespace Karez.Net.Loops;

/// <summary>A descriptor that a loop watches.</summary>
internal interface IPollable
{
    /// <summary>What epoll said.</summary>
    void OnReady(uint events);

    /// <summary>The loop ends: let go of everything that waits.</summary>
    void OnLoopClosing();
}
