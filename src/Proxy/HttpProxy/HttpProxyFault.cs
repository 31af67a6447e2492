namespace Karez.Proxy.HttpProxy;

/// <summary>What a client of the HTTP proxy did wrong.</summary>
public enum HttpProxyFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The head breaks RFC 9112's grammar, or could be read in two ways.</summary>
    MalformedHead,

    /// <summary>The head is longer than <see cref="HttpHead.MaxLength"/>.</summary>
    HeadTooLong,

    /// <summary>The target is neither host:port (CONNECT) nor http://host[:port]/path.</summary>
    BadTarget,

    /// <summary>Credentials are missing or wrong.</summary>
    WrongCredentials,
}
