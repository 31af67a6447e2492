using System.Net;
using Karez.Config;
using Karez.Net.Loops;
using Karez.Net.Resolve;

namespace Karez.Server.Targets;

/// <summary>Where the target is now.</summary>
internal sealed class TargetWatch(Endpoint target, Resolver resolver)
{
    private EndPoint? _endPoint;

    /// <summary>The last address that was found.</summary>
    public EndPoint EndPoint => Volatile.Read(ref _endPoint)
        ?? throw new InvalidOperationException("The target was not resolved.");

    /// <summary>Finds the address.</summary>
    /// <exception cref="TargetException">The name does not resolve.</exception>
    public async Task ResolveAsync()
    {
        if (target.IsUnix)
        {
            Volatile.Write(ref _endPoint, LocalSocket.At(target.Host));
            return;
        }

        var addresses = target.Address is { } literal
            ? [literal]
            : (await resolver.ResolveAsync(target.Host)).Addresses;
        if (addresses is not [var first, ..])
            throw new TargetException("its name does not resolve");
        Volatile.Write(ref _endPoint, new IPEndPoint(first, target.Port ?? 443));
    }
}
