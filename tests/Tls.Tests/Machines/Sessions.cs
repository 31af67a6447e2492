using Karez.Tls.Records;

namespace Karez.Tls.Tests.Machines;

/// <summary>What tests do with two established sessions.</summary>
internal static class Sessions
{
    /// <summary>Sends octets of several lengths through one direction and compares.</summary>
    public static void Exchange(TlsSession from, TlsSession to)
    {
        foreach (var length in new[] { 1, 2, 100, 1400, RecordSealer.MaxPayload })
        {
            var sent = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            Assert.Equal(sent, Receive(to, Seal(from, sent)));
        }
    }

    public static byte[] Seal(TlsSession session, ReadOnlySpan<byte> payload, int recordLength = 0)
    {
        var buffer = new byte[RecordSealer.MaxRecord];
        payload.CopyTo(buffer.AsSpan(RecordSealer.Headroom));
        return buffer[..session.Seal(buffer, RecordSealer.Headroom, payload.Length, recordLength)];
    }

    /// <summary>Opens everything there is and joins the data.</summary>
    public static byte[] Receive(TlsSession session, byte[] octets)
    {
        var data = new List<byte>();
        var rest = octets.AsSpan();
        while (true)
        {
            var status = session.Open(rest, out var consumed, out var offset, out var length);
            if (status == TlsReadStatus.Data)
                data.AddRange(rest.Slice(offset, length));
            else if (status != TlsReadStatus.Internal)
                break;
            rest = rest[consumed..];
        }

        Assert.Equal((TlsFault.None, 0), (session.Fault, rest.Length));
        return [.. data];
    }
}
