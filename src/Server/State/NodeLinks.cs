using System.Buffers.Text;
using System.Security.Cryptography;
using Karez.Config;
using Karez.Config.Links;
using Karez.Contracts;
using Karez.Crypto;

namespace Karez.Server.State;

/// <summary>What a node's people are given.</summary>
public static class NodeLinks
{
    /// <summary>Makes a person's link.</summary>
    /// <param name="state">The node.</param>
    /// <param name="person">One of its people.</param>
    /// <param name="address">What links carry, from <see cref="AddressOf"/>.</param>
    public static VlessLink Of(NodeState state, Person person, Endpoint address)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(address);
        return new VlessLink
        {
            Id = person.Id,
            Host = address.Host,
            Port = address.Port ?? 443,
            Flow = person.Flow,
            // A configuration that was checked has a name.
            ServerName = state.Config.EffectiveName()!,
            PublicKey = PublicKey(state.Keys),
            ShortId = person.ShortId,
            MlDsaKey = MlDsaKey(state.Keys),
            Name = person.Name,
        };
    }

    /// <summary>The address that links carry: the configured one, else this machine's public one.</summary>
    /// <exception cref="StateException">There is neither.</exception>
    public static Endpoint AddressOf(NodeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var port = Endpoint.TryParse(config.Listen, null, out var listen) ? listen.Port ?? 443 : 443;
        if (Endpoint.TryParse(config.Address, port, out var given))
            return given;
        if (listen?.Address is { } bound && PublicAddress.IsPublic(bound))
            return new Endpoint(bound.ToString(), port);
        return PublicAddress.Find() is { } found
            ? new Endpoint(found.ToString(), port)
            : throw new StateException(
                "this machine has no public address of its own, so no link can be made",
                "give what others reach it by: --address HOST[:PORT]");
    }

    private static string PublicKey(NodeKeys keys)
    {
        Span<byte> secret = stackalloc byte[X25519.KeySize];
        Span<byte> key = stackalloc byte[X25519.KeySize];
        keys.CopyPrivateKey(secret);
        X25519.DerivePublicKey(secret, key);
        CryptographicOperations.ZeroMemory(secret);
        return Base64Url.EncodeToString(key);
    }

    private static string? MlDsaKey(NodeKeys keys)
    {
        Span<byte> seed = stackalloc byte[MlDsa65.SeedSize];
        if (!keys.TryCopyMlDsaSeed(seed))
            return null;
        var key = new byte[MlDsa65.PublicKeySize];
        MlDsa65.DerivePublicKey(seed, key);
        CryptographicOperations.ZeroMemory(seed);
        return Base64Url.EncodeToString(key);
    }
}
