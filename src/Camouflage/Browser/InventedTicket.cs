using Karez.Wire;

namespace Karez.Camouflage.Browser;

/// <summary>A pre_shared_key extension that no server can use: one identity, one binder, all random.</summary>
/// <remarks>
/// <code>
/// 0029 | u16 length | u16 { u16 { identity } u32 age } | u16 { u8 { binder } }
/// </code>
/// It is the last extension (RFC 8446 section 4.2.11). A server that does not know the identity does not look at the
/// binder, and goes on with a full handshake.
/// </remarks>
internal static class InventedTicket
{
    private const ushort PreSharedKey = 41;
    private const int Binder = 32;

    /// <summary>Writes the extension; the identity has <paramref name="length"/> octets.</summary>
    public static void Write(ref WireWriter writer, int length, IEntropy entropy)
    {
        writer.WriteUInt16(PreSharedKey);
        var extension = writer.OpenVector16();
        var identities = writer.OpenVector16();
        var identity = writer.OpenVector16();
        WriteRandom(ref writer, length, entropy);
        writer.Close(identity);
        WriteRandom(ref writer, sizeof(uint), entropy);
        writer.Close(identities);
        var binders = writer.OpenVector16();
        var binder = writer.OpenVector8();
        WriteRandom(ref writer, Binder, entropy);
        writer.Close(binder);
        writer.Close(binders);
        writer.Close(extension);
    }

    private static void WriteRandom(ref WireWriter writer, int length, IEntropy entropy)
    {
        var octets = new byte[length];
        entropy.Fill(octets);
        writer.WriteBytes(octets);
    }
}
