namespace Karez.Tun.Device;

/// <summary>Takes what the machine sends.</summary>
internal interface IPacketSink
{
    /// <summary>A packet behind its virtio_net_hdr; may be changed in place, only valid during the call.</summary>
    void Take(Span<byte> framed);

    /// <summary>For the moment there are no more.</summary>
    void Flush();

    /// <summary>There will be no more.</summary>
    /// <param name="why">What happened to the device; null when it was ended here.</param>
    void End(TunException? why);
}
