namespace Karez.Observe;

/// <summary>What the header of one TLS record shows.</summary>
/// <param name="Offset">Where the header begins, in octets from the start of the stream.</param>
/// <param name="Type">Content type: 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data.</param>
/// <param name="Version">The record's version field.</param>
/// <param name="Length">Length in octets, the header's five included.</param>
public readonly record struct RecordSight(long Offset, byte Type, ushort Version, int Length);
