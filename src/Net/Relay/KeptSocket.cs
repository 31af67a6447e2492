using Karez.Net.Loops;

namespace Karez.Net.Relay;

/// <summary>
/// The socket of a UDP session, which may outlive the session's stream: see <see cref="SocketShelf"/>.
/// </summary>
public sealed class KeptSocket
{
    internal KeptSocket(DatagramConnection socket, Guid user, ulong id) =>
        (Socket, Loop, User, Id) = (socket, socket.Loop, user, id);

    /// <summary>The socket, for its loop; disposed once another stream has taken it over.</summary>
    public DatagramConnection Socket { get; private set; }

    internal Guid User { get; }

    internal ulong Id { get; }

    // The rest is guarded by the shelf's lock.
    internal EventLoop Loop { get; private set; }

    internal long Lease { get; set; }

    internal bool IsMoving { get; set; }

    internal bool IsForgotten { get; set; }

    /// <summary>On the new loop, under the shelf's lock.</summary>
    internal void Arrive(DatagramConnection socket) => (Socket, Loop) = (socket, socket.Loop);
}
