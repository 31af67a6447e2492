using Karez.Sys;

namespace Karez.Lab.Router;

/// <summary>A packet within the router.</summary>
internal sealed class Parcel
{
    private readonly byte[] _octets = new byte[PacketBatch.MaxFrame];

    public int Length { get; private set; }

    public Span<byte> Packet => _octets.AsSpan(0, Length);

    /// <summary>To which machine; null when no machine has the address.</summary>
    public Attachment? To { get; set; }

    public int Subscriber { get; set; }

    public Heading Heading { get; set; }

    /// <summary>Whether it crosses the border.</summary>
    public bool Crosses { get; set; }

    /// <summary>Whether it is a prober's, which censors let pass.</summary>
    public bool IsCensors { get; set; }

    /// <summary>What is next on its way: see <see cref="RouterCore"/>.</summary>
    public int Step { get; set; }

    /// <summary>Only the taps of the next place see it: it was forged there.</summary>
    public bool Forged { get; set; }

    /// <summary>Censors of the next place that it has passed already.</summary>
    public int Passed { get; set; }

    /// <summary>When it is due at the next step.</summary>
    public TimeSpan Due { get; set; }

    public void Fill(ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(_octets);
        Length = packet.Length;
        (Forged, Passed, Step) = (false, 0, 0);
    }
}
