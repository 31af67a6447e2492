using Karez.Lab.Worlds;

namespace Karez.Lab.Running;

/// <summary>What a subscriber does with his time.</summary>
public interface ILife
{
    /// <summary>Makes ready what must not count as life: starts the browser.</summary>
    /// <param name="world">The world.</param>
    /// <param name="subscriber">His index.</param>
    /// <param name="proxy">The proxy that his tool opened; null without a tool, or when it carries the device.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task PrepareAsync(World world, int subscriber, string? proxy, CancellationToken cancellationToken);

    /// <summary>Lives until the token is cancelled, which is its ordinary end.</summary>
    /// <param name="world">The world.</param>
    /// <param name="subscriber">His index.</param>
    /// <param name="proxy">The proxy that his tool opened; null without a tool, or when it carries the device.</param>
    /// <param name="log">Where sessions are noted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task LiveAsync(World world, int subscriber, string? proxy, SessionLog log, CancellationToken cancellationToken);
}
