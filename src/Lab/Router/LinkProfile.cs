namespace Karez.Lab.Router;

/// <summary>One direction of a link.</summary>
/// <param name="DelayMs">The delay that every packet has, in milliseconds.</param>
/// <param name="JitterMs">The standard deviation around it; a packet is never earlier than half the delay.</param>
/// <param name="Loss">The share of packets that are lost, 0 to 1.</param>
/// <param name="Reorder">The share of packets that later ones may overtake, 0 to 1.</param>
/// <param name="RateMbit">Megabits a second; 0: no limit.</param>
/// <param name="QueueMs">The longest a packet may wait for its turn; above it is dropped.</param>
public sealed record LinkProfile(
    double DelayMs, double JitterMs = 0, double Loss = 0, double Reorder = 0, double RateMbit = 0, double QueueMs = 200)
{
    /// <summary>No delay at all.</summary>
    public static LinkProfile None { get; } = new(0);
}
