namespace Karez.Lab.Running;

/// <summary>A prefix of the world's address plan.</summary>
/// <param name="Prefix">For example <c>198.19.3.0/24</c>.</param>
/// <param name="Asn">The synthetic AS (64496 to 65534).</param>
/// <param name="Kind"><c>eyeball</c>, <c>site</c>, <c>cdn</c>, <c>hosting</c>, <c>resolver</c>, <c>prober</c>.</param>
/// <param name="Foreign">Whether it is abroad.</param>
/// <param name="Distance"><c>hk</c>, <c>jp</c>, <c>eu</c>, <c>us</c>; <c>home</c> for domestic ones.</param>
public sealed record PrefixEntry(string Prefix, int Asn, string Kind, bool Foreign, string Distance);
