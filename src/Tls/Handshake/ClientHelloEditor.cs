using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>The changes that a finished hello may see: a retry's (RFC 8446 section 4.1.2) and a ticket's.</summary>
internal static class ClientHelloEditor
{
    /// <summary>
    /// The same hello with one share for the group wanted (if one is), the cookie, and no early data.
    /// </summary>
    /// <remarks>
    /// A pre_shared_key without a key behind it (a browser's hello may show one that no server knows) stays, with
    /// binders drawn anew, as true ones would change; one of ours is left out, and appended again by the caller.
    /// </remarks>
    public static byte[] Retry(
        ReadOnlySpan<byte> hello, KeyShare? share, ReadOnlySpan<byte> cookie, bool dropPsk, IEntropy entropy)
    {
        if (!ClientHelloView.TryParse(hello, out var view))
            throw new ArgumentException("Not a ClientHello.", nameof(hello));
        var room = hello.Length + (share?.PublicShare.Length ?? 0) + cookie.Length + 32;
        var block = new byte[room];
        var extensions = new WireWriter(block);
        var cookieDue = !cookie.IsEmpty;
        foreach (var extension in view.Extensions)
        {
            switch (extension.Type)
            {
                case ExtensionType.EarlyData:
                case ExtensionType.Cookie:
                case ExtensionType.PreSharedKey when dropPsk:
                    continue;
                case ExtensionType.PreSharedKey:
                    WriteEmptyPsk(ref extensions, extension.Body, entropy);
                    continue;
                case ExtensionType.KeyShare:
                    WriteKeyShare(ref extensions, share, extension.Body);
                    if (cookieDue)
                        WriteCookie(ref extensions, cookie);
                    cookieDue = false;
                    continue;
                default:
                    extensions.WriteUInt16(extension.Type);
                    extensions.WriteUInt16((ushort)extension.Body.Length);
                    extensions.WriteBytes(extension.Body);
                    continue;
            }
        }

        return Rebuild(hello, view, block.AsSpan(0, extensions.Written));
    }

    /// <summary>The hello with pre_shared_key at its end, the binder still zero.</summary>
    public static byte[] AppendPsk(ReadOnlySpan<byte> hello, ResumptionTicket ticket, Instant now)
    {
        if (!ClientHelloView.TryParse(hello, out var view))
            throw new ArgumentException("Not a ClientHello.", nameof(hello));
        var hashLength = ticket.CipherSuite.HashLength();
        var old = view.Extensions.Block;
        var block = new byte[old.Length + ticket.Identity.Length + hashLength + 32];
        var extensions = new WireWriter(block);
        extensions.WriteBytes(old);
        extensions.WriteUInt16(ExtensionType.PreSharedKey);
        var body = extensions.OpenVector16();
        var identities = extensions.OpenVector16();
        var identity = extensions.OpenVector16();
        extensions.WriteBytes(ticket.Identity.Span);
        extensions.Close(identity);
        extensions.WriteUInt32(ticket.ObfuscatedAge(now));
        extensions.Close(identities);
        var binders = extensions.OpenVector16();
        var binder = extensions.OpenVector8();
        extensions.WriteZeros(hashLength);
        extensions.Close(binder);
        extensions.Close(binders);
        extensions.Close(body);
        return Rebuild(hello, view, block.AsSpan(0, extensions.Written));
    }

    /// <summary>Octets of the binders list that <see cref="AppendPsk"/> leaves at the end.</summary>
    public static int BindersLength(CipherSuite suite) => 2 + 1 + suite.HashLength();

    private static void WriteKeyShare(ref WireWriter extensions, KeyShare? share, ReadOnlySpan<byte> oldBody)
    {
        extensions.WriteUInt16(ExtensionType.KeyShare);
        var body = extensions.OpenVector16();
        if (share is null)
        {
            extensions.WriteBytes(oldBody);
        }
        else
        {
            var list = extensions.OpenVector16();
            extensions.WriteUInt16((ushort)share.Group);
            var value = extensions.OpenVector16();
            extensions.WriteBytes(share.PublicShare);
            extensions.Close(value);
            extensions.Close(list);
        }

        extensions.Close(body);
    }

    private static void WriteEmptyPsk(ref WireWriter extensions, ReadOnlySpan<byte> body, IEntropy entropy)
    {
        var drawn = body.ToArray();
        var reader = new WireReader(body);
        if (reader.TryReadVector16(out _) && reader.TryReadUInt16(out _))
        {
            var binders = new WireReader(reader.Rest);
            while (binders.TryReadVector8(out var binder))
                entropy.Fill(drawn.AsSpan(drawn.Length - binders.Remaining - binder.Length, binder.Length));
        }

        extensions.WriteUInt16(ExtensionType.PreSharedKey);
        extensions.WriteUInt16((ushort)drawn.Length);
        extensions.WriteBytes(drawn);
    }

    private static void WriteCookie(ref WireWriter extensions, ReadOnlySpan<byte> cookie)
    {
        extensions.WriteUInt16(ExtensionType.Cookie);
        var body = extensions.OpenVector16();
        var value = extensions.OpenVector16();
        extensions.WriteBytes(cookie);
        extensions.Close(value);
        extensions.Close(body);
    }

    /// <summary>Everything before the extensions as it was, then the new block.</summary>
    private static byte[] Rebuild(ReadOnlySpan<byte> hello, ClientHelloView view, ReadOnlySpan<byte> block)
    {
        var head = hello[HandshakeReassembler.HeaderLength..^(view.Extensions.Block.Length + 2)];
        var result = new byte[HandshakeReassembler.HeaderLength + head.Length + 2 + block.Length];
        var writer = new WireWriter(result);
        writer.WriteUInt8((byte)HandshakeType.ClientHello);
        writer.WriteUInt24(result.Length - HandshakeReassembler.HeaderLength);
        writer.WriteBytes(head);
        writer.WriteUInt16((ushort)block.Length);
        writer.WriteBytes(block);
        return result;
    }
}
