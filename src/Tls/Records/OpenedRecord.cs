namespace Karez.Tls.Records;

/// <summary>Where an opened record's plaintext lies inside the input.</summary>
/// <param name="Type">The content type: under protection the inner one.</param>
/// <param name="Offset">Where the plaintext begins, from the start of the input.</param>
/// <param name="Length">Octets of plaintext, padding taken off; can be 0 for application data.</param>
/// <param name="Consumed">Octets of input that the record took, header included.</param>
public readonly record struct OpenedRecord(ContentType Type, int Offset, int Length, int Consumed);
