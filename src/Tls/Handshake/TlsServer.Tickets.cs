using System.Buffers.Binary;
using System.Security.Cryptography;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <content>Tickets: given after the handshake, taken in the hello (RFC 8446 sections 4.2.11 and 4.6.1).</content>
public sealed partial class TlsServer
{
    private const int MaxIdentities = 8; // Our choice: each costs a decryption, and clients show one or two.

    private Secret? _psk;
    private int _pskIndex;
    private bool _staplingWanted;

    /// <summary>Looks for a ticket of ours among the identities and checks its binder.</summary>
    private TlsFault ChoosePsk(ClientHelloView hello, Instant now)
    {
        const byte PskDheKe = 1;
        _staplingWanted = hello.Extensions.Contains(ExtensionType.StatusRequest);
        if (!hello.TryGetExtension(ExtensionType.PreSharedKey, out var body))
            return TlsFault.None;

        // It has to be the last extension, as the binders cover all that stands before them.
        var block = hello.Extensions.Block;
        if (!block[(block.Length - body.Length)..].Overlaps(body, out var distance) || distance != 0)
            return TlsFault.MalformedPsk;
        if (!hello.Extensions.Contains(ExtensionType.PskKeyExchangeModes))
            return TlsFault.MissingExtension;
        var reader = new WireReader(body);
        if (!reader.TryReadVector16(out var identities) || identities.IsEmpty)
            return TlsFault.MalformedPsk;
        var bindersLength = reader.Remaining;
        if (!reader.TryReadVector16(out var binders) || reader.Remaining > 0 || !CountsMatch(identities, binders))
            return TlsFault.MalformedPsk;
        if (_options.TicketKey is not { } key || !hello.PskModes.Contains(PskDheKe))
            return TlsFault.None;

        var identityReader = new WireReader(identities);
        var binderReader = new WireReader(binders);
        for (_pskIndex = 0; _pskIndex < MaxIdentities; _pskIndex++)
        {
            if (!identityReader.TryReadVector16(out var identity) || !identityReader.TryReadUInt32(out _)
                || !binderReader.TryReadVector8(out var binder))
                break;
            if (!TicketSeal.TryOpen(key, identity, out var state))
                continue;
            if (state.CipherSuite.Hash() != _suite.Hash() || !(now < state.IssuedAt + _options.TicketLifetime))
            {
                state.Psk.Dispose();
                continue;
            }

            _psk = state.Psk;
            return BinderFits(hello, bindersLength, binder) ? TlsFault.None : TlsFault.BadBinder;
        }

        return TlsFault.None;
    }

    private static bool CountsMatch(ReadOnlySpan<byte> identities, ReadOnlySpan<byte> binders)
    {
        var identityReader = new WireReader(identities);
        var binderReader = new WireReader(binders);
        while (identityReader.Remaining > 0)
        {
            if (!identityReader.TryReadVector16(out var identity) || identity.IsEmpty
                || !identityReader.TryReadUInt32(out _) || !binderReader.TryReadVector8(out var binder)
                || binder.Length < 32)
                return false;
        }

        return binderReader.Remaining == 0;
    }

    private bool BinderFits(ClientHelloView hello, int bindersLength, ReadOnlySpan<byte> binder)
    {
        // The transcript so far (empty, or first hello and retry) and the hello up to its binders.
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        using var transcript = RetriedTranscript();
        transcript.Append(hello.Message[..^bindersLength]);
        using var schedule = new KeySchedule(_suite, _psk!.Octets); // Set by the caller.
        var length = schedule.BinderMac(hash[..transcript.CurrentHash(hash)], mac);
        return CryptographicOperations.FixedTimeEquals(mac[..length], binder);
    }

    private Transcript RetriedTranscript()
    {
        var transcript = new Transcript(_suite);
        if (_state != State.ExpectSecondHello)
            return transcript;
        transcript.Append(_firstHello);
        transcript.ReplaceByMessageHash();
        transcript.Append(_retry);
        return transcript;
    }

    private void SendTickets(ReadOnlySpan<byte> transcriptHash, Instant now)
    {
        using var resumptionMaster = _schedule!.ResumptionMaster(transcriptHash); // Called after Finished only.
        Span<byte> ticket = stackalloc byte[TicketSeal.MaxLength];
        Span<byte> message = stackalloc byte[TicketSeal.MaxLength + 32];
        Span<byte> ageAddOctets = stackalloc byte[4];
        for (var i = 0; i < Math.Min(_options.TicketCount, byte.MaxValue); i++)
        {
            ReadOnlySpan<byte> nonce = [(byte)i];
            _entropy.Fill(ageAddOctets);
            var ageAdd = BinaryPrimitives.ReadUInt32BigEndian(ageAddOctets);
            using var psk = KeySchedule.ResumptionPsk(_suite, resumptionMaster, nonce);
            var length = TicketSeal.Seal(
                _options.TicketKey!, new TicketState(_suite, now, ageAdd, psk, _alpn), _entropy, ticket);
            var writer = new WireWriter(message);
            HandshakeWriter.WriteNewSessionTicket(
                ref writer, (uint)_options.TicketLifetime.TotalSeconds, ageAdd, nonce, ticket[..length]);
            _flow.Send(message[..writer.Written]);
        }
    }
}
