using System.Buffers.Binary;
using Karez.Probes.Hello;

namespace Karez.Probes.Script;

/// <summary>What a probe may need to know while it runs.</summary>
/// <param name="ServerName">The target's own name.</param>
/// <param name="CapturedHello">A hello (one record) that the node accepted from its own client, or empty.</param>
public sealed record ProbeContext(string ServerName, byte[] CapturedHello);

/// <summary>Octets that a line of a probe describes; the same line gives the same octets at each run.</summary>
/// <param name="Parts">Joined in order.</param>
public sealed record Payload(IReadOnlyList<Part> Parts)
{
    /// <summary>True when a part replays a captured hello.</summary>
    public bool NeedsCapturedHello => Parts.Any(p => p is CapturedPart);

    /// <summary>Makes the octets.</summary>
    public byte[] ToOctets(ProbeContext context) => [.. Parts.SelectMany(p => p.ToOctets(context))];
}

/// <summary>A part of a payload.</summary>
public abstract record Part
{
    /// <summary>Makes the octets.</summary>
    public abstract byte[] ToOctets(ProbeContext context);
}

/// <summary>Octets as they stand, so often.</summary>
public sealed record LiteralPart(byte[] Octets, int Times) : Part
{
    /// <inheritdoc/>
    public override byte[] ToOctets(ProbeContext context) =>
        [.. Enumerable.Repeat(Octets, Times).SelectMany(o => o)];
}

/// <summary>Text in which {name} is the target's name.</summary>
public sealed record TextPart(string Text) : Part
{
    /// <inheritdoc/>
    public override byte[] ToOctets(ProbeContext context) =>
        System.Text.Encoding.Latin1.GetBytes(Text.Replace("{name}", context.ServerName, StringComparison.Ordinal));
}

/// <summary>Octets without pattern, the same for the same length and seed.</summary>
public sealed record RandomPart(int Length, int Seed) : Part
{
    /// <inheritdoc/>
    public override byte[] ToOctets(ProbeContext context) => new Draws($"random/{Length}/{Seed}").Take(Length);
}

/// <summary>A hello from our own builder, as one record or several.</summary>
public sealed record HelloPart(HelloSpec Spec, int Records, int Upto, int From) : Part
{
    /// <inheritdoc/>
    public override byte[] ToOctets(ProbeContext context)
    {
        var octets = HelloBuilder.Build(Spec with { ServerName = Spec.ServerName ?? context.ServerName });
        return Cut.Slice(Cut.IntoRecords(octets, Records), From, Upto);
    }
}

/// <summary>The captured hello, whole, tampered, cut or in several records.</summary>
public sealed record CapturedPart(string? Flip, int Records, int Upto, int From) : Part
{
    /// <inheritdoc/>
    public override byte[] ToOctets(ProbeContext context)
    {
        byte[] octets = [.. context.CapturedHello];
        if (Flip is not null)
            octets[HelloLayout.Find(octets, Flip)] ^= 0x01;
        return Cut.Slice(Cut.IntoRecords(octets, Records), From, Upto);
    }
}

/// <summary>Cuts of one TLS record.</summary>
internal static class Cut
{
    public static byte[] IntoRecords(byte[] record, int count)
    {
        if (count <= 1)
            return record;
        var body = record.AsSpan(5);
        var result = new List<byte>(record.Length + 5 * count);
        Span<byte> header = [record[0], record[1], record[2], 0, 0];
        for (var i = 0; i < count; i++)
        {
            var from = (int)((long)body.Length * i / count);
            var to = (int)((long)body.Length * (i + 1) / count);
            BinaryPrimitives.WriteUInt16BigEndian(header[3..], (ushort)(to - from));
            result.AddRange(header);
            result.AddRange(body[from..to]);
        }

        return [.. result];
    }

    public static byte[] Slice(byte[] octets, int from, int upto) =>
        octets[Math.Min(from, octets.Length)..Math.Min(upto, octets.Length)];
}
