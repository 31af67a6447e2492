namespace Karez.Camouflage.Reality;

/// <summary>A hello that was let in before this process began.</summary>
/// <param name="Key">What it is known by: <see cref="HelloMemory.KeyOf"/>.</param>
/// <param name="Stamp">The client's clock in it, Unix seconds.</param>
public readonly record struct RememberedHello(UInt128 Key, long Stamp);
