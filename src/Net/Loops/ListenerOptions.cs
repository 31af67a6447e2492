namespace Karez.Net.Loops;

/// <summary>How a listener behaves.</summary>
public sealed record ListenerOptions
{
    /// <summary>The defaults.</summary>
    public static ListenerOptions Default { get; } = new();

    /// <summary>Callers that the kernel lets wait; it has its own limit (net.core.somaxconn).</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Connections served at once; further callers wait in the backlog.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>The mode of a Unix socket's file.</summary>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Told about trouble with descriptors; called on the listener's loop.</summary>
    public Action<ListenerEvent>? Notify { get; init; }
}
