using System.Text.Json;
using System.Text.Json.Serialization;

namespace Karez.Camouflage.Browser;

/// <summary>A profile as it is written.</summary>
internal sealed record ProfileFile(
    string Name,
    string About,
    string Head,
    IReadOnlyList<string> Alpn,
    ProfileOrder Order,
    HybridKey HybridX25519,
    IReadOnlyList<ProfileExtension> Extensions);

/// <summary>One extension as it is written.</summary>
internal sealed record ProfileExtension(
    string Type,
    string Note,
    string Body,
    ExtensionPlace Place = ExtensionPlace.Movable,
    ExtensionNeed When = ExtensionNeed.None);

/// <summary>How extensions are ordered in each hello.</summary>
internal enum ProfileOrder
{
    Listed,
    Permuted,
}

/// <summary>Where the hybrid share's X25519 half comes from.</summary>
internal enum HybridKey
{
    Own,
    Shared,
}

/// <summary>Whether an extension takes part in the permutation.</summary>
internal enum ExtensionPlace
{
    Movable,
    Fixed,
}

/// <summary>What a hello must have for an extension to be in it.</summary>
internal enum ExtensionNeed
{
    None,
    Named,
    H2,
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProfileFile))]
internal sealed partial class ProfileJson : JsonSerializerContext;
