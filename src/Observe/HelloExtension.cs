namespace Karez.Observe;

/// <summary>One extension of a hello.</summary>
/// <param name="Type">Its number in the registry.</param>
/// <param name="Body">Its content, without type and length.</param>
public readonly record struct HelloExtension(ushort Type, ReadOnlyMemory<byte> Body);
