namespace Karez.Lab.Router;

/// <summary>Takes packets that leave the router.</summary>
public interface IRouterOutput
{
    /// <summary>Sends a packet to a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="packet">The IP packet; not to be kept.</param>
    /// <param name="due">When it should leave.</param>
    void Send(Attachment machine, ReadOnlySpan<byte> packet, TimeSpan due);
}
