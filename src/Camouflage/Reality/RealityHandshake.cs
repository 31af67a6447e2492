using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Karez.Crypto;
using Karez.Tls;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The node's side of a handshake that wears the target's ServerHello and the target's record lengths.
/// </summary>
/// <remarks>
/// <code>
///  client            node                                target
///  hello  ---------&gt; (gate: ours) ---- hello ----------&gt;
///                    &lt;---- ServerHello, CCS, EE, Cert, CertVerify, Finished
///  &lt;---- same ServerHello with our key share, CCS, our four messages padded to the same lengths
///  CCS, Finished ---&gt;
///  &lt;---- empty records where the target sends tickets
/// </code>
/// Source: XTLS/REALITY handshake_server_tls13.go at 9234c772, lines 88 to 190.
/// </remarks>
public sealed class RealityHandshake : IDisposable
{
    /// <summary>Most octets that <see cref="TryWriteFlight"/> writes: a whole flight and a few early tickets.</summary>
    public const int MaxFlight = 2 * TargetFlight.MaxOctets;

    private const int HandshakeHeader = 4;
    private const int FinishedMaxSize = HandshakeHeader + 48;

    private readonly RealityIdentity _identity;
    private readonly byte[] _clientHello;
    private readonly Secret _authKey;
    private readonly TargetFlight _flight;
    private readonly IEntropy _entropy;
    private readonly RecordOpener _opener = new();
    private readonly RecordSealer _sealer = new();
    private Transcript? _transcript;
    private KeySchedule? _keys;
    private NamedGroup _group;
    private CipherSuite _suite;
    private byte[] _serverHello = [];
    private ReadOnlyMemory<byte> _certificate;
    private bool _hasApplicationKeys;
    private TlsSession? _session;

    /// <summary>Starts from an admitted hello and the target's answer to it.</summary>
    /// <param name="identity">The node process's signing keys.</param>
    /// <param name="gate">The gate that let the hello in.</param>
    /// <param name="flight">The target's complete flight.</param>
    /// <param name="entropy">For the key share.</param>
    public RealityHandshake(RealityIdentity identity, RealityGate gate, TargetFlight flight, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(gate);
        _identity = identity;
        _clientHello = gate.Hello.ToArray();
        _authKey = gate.AuthKey;
        _flight = flight;
        _entropy = entropy;
    }

    /// <summary>An answer prepared in advance; used if the target chose its group. The caller's to dispose.</summary>
    public RealityAnswer? Prepared { get; init; }

    /// <summary>
    /// Records without content, in a row, after which the client is dropped (learnt from the target).
    /// </summary>
    public int MaxUseless
    {
        get => _opener.MaxUseless;
        set => _opener.MaxUseless = value;
    }

    /// <summary>The group that the target chose, once the flight was written.</summary>
    public NamedGroup Group => _group;

    /// <summary>What the client did wrong after the flight.</summary>
    public TlsFault Fault { get; private set; }

    /// <summary>Writes everything from ServerHello on; it goes out in one write, as it came.</summary>
    /// <returns>False when ours do not fit the target's records: nothing was said yet, so forward.</returns>
    public bool TryWriteFlight(Span<byte> output, out int written)
    {
        written = 0;
        if (!TryWriteServerHello(output, ref written, out var answer))
            return false;
        DeriveHandshakeKeys(answer.Secret);
        if (answer != Prepared)
            answer.Dispose();

        // ChangeCipherSpec, as every server sends it in compatibility mode (RFC 8446 appendix D.4).
        ((ReadOnlySpan<byte>)[(byte)ContentType.ChangeCipherSpec, 3, 3, 0, 1, 1]).CopyTo(output[written..]);
        written += 6;
        return _flight.IsCombined
            ? TryWriteCombined(output, ref written)
            : TryWriteSeparately(output, ref written);
    }

    /// <summary>
    /// Takes the client's second flight. The first call derives what the session needs, so it is for the time in which
    /// the client reads: before there is any input.
    /// </summary>
    /// <param name="input">Unread octets; decrypted in place.</param>
    /// <param name="consumed">Octets used.</param>
    public TlsStatus Advance(Span<byte> input, out int consumed)
    {
        consumed = 0;
        DeriveApplicationKeys();
        while (_session is null)
        {
            var status = _opener.TryOpen(input[consumed..], out var record);
            if (status == RecordStatus.NeedInput)
                return TlsStatus.NeedInput;
            if (status == RecordStatus.Failed)
                return Fail(_opener.Fault);
            var payload = input.Slice(consumed + record.Offset, record.Length);
            consumed += record.Consumed;
            if (record.Type == ContentType.ChangeCipherSpec)
                continue;
            if (record.Type == ContentType.Alert)
                return Fail(TlsFault.ReceivedAlert);
            if (record.Type != ContentType.Handshake)
                return Fail(TlsFault.UnexpectedMessage);
            if (!IsFinished(payload))
                return Fail(TlsFault.BadFinished);
            StartSession();
        }

        return TlsStatus.Done;
    }

    /// <summary>
    /// Writes the alert that a site sends for what the client did wrong: nothing after the client's own alert, as
    /// OpenSSL closes in silence then.
    /// </summary>
    /// <returns>Octets written at the start of the output.</returns>
    public int WriteAlert(Span<byte> output)
    {
        if (TlsFaults.Alert(Fault) is not { } alert)
            return 0;
        output[RecordSealer.Headroom] = 2; // fatal
        output[RecordSealer.Headroom + 1] = (byte)alert;
        return _sealer.Seal(output, RecordSealer.Headroom, 2, ContentType.Alert);
    }

    /// <summary>The established session, once <see cref="Advance"/> said <see cref="TlsStatus.Done"/>.</summary>
    public TlsSession TakeSession() =>
        _session ?? throw new InvalidOperationException("The handshake is not done.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _transcript?.Dispose();
        _keys?.Dispose();
        if (_session is not null)
            return;
        _opener.Dispose();
        _sealer.Dispose();
    }

    private TlsStatus Fail(TlsFault fault)
    {
        Fault = fault;
        return TlsStatus.Failed;
    }

    /// <summary>The target's ServerHello, with our public value in place of its own.</summary>
    private bool TryWriteServerHello(Span<byte> output, ref int written, [NotNullWhen(true)] out RealityAnswer? answer)
    {
        answer = null;
        var message = _flight.ServerHello.Span;
        if (!ServerHelloView.TryParse(message, out var server))
            return false;
        answer = Prepared?.Group == server.KeyShareGroup
            ? Prepared
            : RealityAnswer.Prepare(
                _identity, _authKey.Octets, _clientHello, server.KeyShareGroup, _entropy);
        if (answer is null || answer.Share.Length != server.KeyShare.Length)
            return false;

        var record = output[written..];
        ((ReadOnlySpan<byte>)[(byte)ContentType.Handshake, 3, 3, (byte)(message.Length >> 8), (byte)message.Length])
            .CopyTo(record);
        var ours = record.Slice(RecordSealer.Headroom, message.Length);
        message.CopyTo(ours);
        answer.Share.CopyTo(ours[server.KeyShareOffset..]);
        _group = server.KeyShareGroup;
        _suite = server.CipherSuite;
        _transcript = new Transcript(_suite);
        _transcript.Append(_clientHello);
        _transcript.Append(ours);
        _serverHello = ours.ToArray();
        _certificate = answer.Certificate;
        written += RecordSealer.Headroom + message.Length;
        return true;
    }

    private void DeriveHandshakeKeys(Secret secret)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        _keys = new KeySchedule(_suite);
        _keys.DeriveHandshake(secret.Octets, hash[.._transcript!.CurrentHash(hash)]);
        _sealer.Protect(_suite, _keys.ServerHandshake);
        _opener.Protect(_suite, _keys.ClientHandshake);
    }

    private bool TryWriteSeparately(Span<byte> output, ref int written)
    {
        for (var index = 0; index < 4; index++)
        {
            var total = _flight.Records[index];
            var length = WriteMessage(index, output[(written + RecordSealer.Headroom)..]);
            if (!TrySealPadded(output, ref written, length, total))
                return false;
        }

        return FinishFlight(output, ref written);
    }

    private bool TryWriteCombined(Span<byte> output, ref int written)
    {
        var length = 0;
        for (var index = 0; index < 4; index++)
            length += WriteMessage(index, output[(written + RecordSealer.Headroom + length)..]);
        return TrySealPadded(output, ref written, length, _flight.Records[0]) && FinishFlight(output, ref written);
    }

    private bool TrySealPadded(Span<byte> output, ref int written, int length, int total)
    {
        if (length + RecordSealer.Headroom + RecordSealer.Tailroom > total)
            return false;
        written += _sealer.Seal(output, written + RecordSealer.Headroom, length, ContentType.Handshake, total);
        return true;
    }

    private void DeriveApplicationKeys()
    {
        if (_hasApplicationKeys)
            return;
        _hasApplicationKeys = true;
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        _keys!.DeriveApplication(hash[.._transcript!.CurrentHash(hash)]);
        _sealer.Protect(_suite, _keys.ServerApplication);
    }

    /// <summary>The records that the target sent before the client's Finished, if any.</summary>
    private bool FinishFlight(Span<byte> output, ref int written)
    {
        if (_flight.Extra.Count > 0)
            DeriveApplicationKeys();
        foreach (var total in _flight.Extra)
        {
            if (total < RecordSealer.Headroom + RecordSealer.Tailroom || output.Length - written < total)
                break;
            written += _sealer.Seal(output, written + RecordSealer.Headroom, 0, ContentType.ApplicationData, total);
        }

        return true;
    }

    private int WriteMessage(int index, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        switch (index)
        {
            case 0:
                // No extension: ALPN is never negotiated (the stream that follows is not the site's).
                HandshakeWriter.WriteEncryptedExtensions(ref writer);
                break;
            case 1:
                WriteCertificate(ref writer);
                break;
            case 2:
                WriteCertificateVerify(ref writer);
                break;
            default:
                WriteFinished(ref writer);
                break;
        }

        _transcript!.Append(destination[..writer.Written]);
        return writer.Written;
    }

    private void WriteCertificate(ref WireWriter writer)
    {
        HandshakeWriter.WriteCertificate(ref writer, [_identity.HasMlDsa ? SignMlDsa() : _certificate]);
    }

    private byte[] SignMlDsa()
    {
        Span<byte> input = stackalloc byte[64];
        RealityCertificate.WriteMlDsaInput(
            _authKey.Octets, _identity.PublicKey, _clientHello, _serverHello, input);
        Span<byte> signature = new byte[MlDsa65.SignatureSize];
        _identity.SignMlDsa(input, signature);
        var certificate = new byte[RealityCertificate.SizeWithMlDsa];
        RealityCertificate.WriteMarked(_identity.PublicKey, _authKey.Octets, signature, certificate);
        return certificate;
    }

    private void WriteCertificateVerify(ref WireWriter writer)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> content = stackalloc byte[CertificateVerifyContent.MaxSize];
        var length = CertificateVerifyContent.WriteServer(hash[.._transcript!.CurrentHash(hash)], content);
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        _identity.Sign(content[..length], signature);
        HandshakeWriter.WriteCertificateVerify(ref writer, SignatureScheme.Ed25519, signature);
    }

    private void WriteFinished(ref WireWriter writer)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var length = _keys!.FinishedMac(_keys.ServerHandshake, hash[.._transcript!.CurrentHash(hash)], mac);
        HandshakeWriter.WriteFinished(ref writer, mac[..length]);
    }

    private bool IsFinished(ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var length = _keys!.FinishedMac(_keys.ClientHandshake, hash[.._transcript!.CurrentHash(hash)], mac);
        Span<byte> expected = stackalloc byte[FinishedMaxSize];
        var writer = new WireWriter(expected);
        HandshakeWriter.WriteFinished(ref writer, mac[..length]);
        return CryptographicOperations.FixedTimeEquals(expected[..writer.Written], message);
    }

    private void StartSession()
    {
        _opener.Protect(_suite, _keys!.ClientApplication);
        _session = new TlsSession(
            _suite, _group, _opener, _sealer, _keys.ClientApplication, _keys.ServerApplication, isClient: false);
    }
}
