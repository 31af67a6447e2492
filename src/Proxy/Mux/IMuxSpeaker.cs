namespace Karez.Proxy.Mux;

/// <summary>What either side of a stream writes about its sessions.</summary>
public interface IMuxSpeaker
{
    /// <summary>Writes a frame's header for data of an open session; the data follows.</summary>
    /// <param name="session">The session.</param>
    /// <param name="address">A datagram's address; none for TCP.</param>
    /// <param name="dataLength">At most <see cref="MuxWire.MaxData"/> or <see cref="MuxWire.MaxDatagram"/>.</param>
    /// <param name="destination">At most <see cref="MuxWire.MaxHeader"/> octets are written.</param>
    /// <returns>Octets written; 0 if the session is not open or the data not to be sent.</returns>
    int WriteData(ushort session, in Destination address, int dataLength, Span<byte> destination);

    /// <summary>Says something of an open session, to a peer that agreed to hear it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="word">What.</param>
    /// <param name="value">Octets, of <see cref="MuxWord.Credit"/>.</param>
    /// <param name="destination">At most <see cref="MuxWire.MaxHeader"/> octets are written.</param>
    /// <returns>Octets written; 0 if the session is not open.</returns>
    int WriteWord(ushort session, MuxWord word, uint value, Span<byte> destination);

    /// <summary>Writes the end of a session and forgets it; 0 if it is not open.</summary>
    /// <param name="session">The session.</param>
    /// <param name="withError">It broke.</param>
    /// <param name="destination">At most <see cref="MuxWire.MaxHeader"/> octets are written.</param>
    /// <param name="code">Why, to a peer that agreed to hear it; else 0.</param>
    int WriteEnd(ushort session, bool withError, Span<byte> destination, byte code = 0);

    /// <summary>Forgets a session that both sides have finished: nothing is written.</summary>
    void Forget(ushort session);
}
