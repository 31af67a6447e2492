namespace Karez.Net.Loops;

/// <summary>The sizes of buffers that a loop lends.</summary>
public enum BufferSize
{
    /// <summary>16 KiB: handshakes, datagrams, one record.</summary>
    Small,

    /// <summary>68 KiB: four record slots of 16,406 octets and slack.</summary>
    Records,

    /// <summary>256 KiB: reads.</summary>
    Read,
}
