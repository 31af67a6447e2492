namespace Karez.Proxy.Socks5;

/// <summary>What a SOCKS5 client did wrong.</summary>
public enum Socks5Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A message does not begin with its version.</summary>
    WrongVersion,

    /// <summary>No authentication method in common.</summary>
    NoMethod,

    /// <summary>Wrong name or password.</summary>
    WrongCredentials,

    /// <summary>The command is not served.</summary>
    UnknownCommand,

    /// <summary>Unknown address type.</summary>
    UnknownAddressType,

    /// <summary>The name cannot be one, or the port is 0.</summary>
    BadDestination,
}
