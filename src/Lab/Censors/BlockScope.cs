namespace Karez.Lab.Censors;

/// <summary>What a residual block drops.</summary>
public enum BlockScope
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>From the client to that address and port.</summary>
    FromClient,

    /// <summary>From that address and port to anybody.</summary>
    FromServer,

    /// <summary>New TCP connections of that client to that address.</summary>
    NewConnections,

    /// <summary>Nothing is dropped: whatever passes between the two draws resets again.</summary>
    ResetsAgain,
}
