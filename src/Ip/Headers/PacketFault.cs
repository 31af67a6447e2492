namespace Karez.Ip.Headers;

/// <summary>Why octets are no packet.</summary>
public enum PacketFault
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>Fewer octets than the header, or than the lengths in it.</summary>
    TooShort,

    /// <summary>Neither version 4 nor 6.</summary>
    UnknownVersion,

    /// <summary>A header length below the smallest, or above the packet's.</summary>
    BadHeaderLength,

    /// <summary>More extension headers, or longer ones, than our limit; or one where it may not be.</summary>
    BadExtension,

    /// <summary>A transport header that does not fit, or a length in it that contradicts the packet's.</summary>
    BadTransport,
}
