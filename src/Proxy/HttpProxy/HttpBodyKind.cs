namespace Karez.Proxy.HttpProxy;

/// <summary>How the end of a message's body is found (RFC 9112 section 6).</summary>
public enum HttpBodyKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>After Content-Length octets.</summary>
    Length,

    /// <summary>After the last chunk and the trailer section.</summary>
    Chunked,
}
