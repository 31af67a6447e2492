using System.Text;
using Karez.Crypto;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// Judges one connection by its first octets: ours or a stranger's. It reads along while everything is forwarded and
/// never answers.
/// </summary>
public sealed class RealityGate(RealityRules rules, IHelloMemory memory) : IDisposable
{
    /// <summary>
    /// Most octets a hello may take, record headers included (our limit; browsers send 0.5 to 2.5 KB, RFC 8446 allows
    /// 2^24).
    /// </summary>
    public const int MaxHello = 16 * 1024;

    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;
    private const int FirstBuffer = 2048; // a browser's hello

    private readonly Secret _authKey = new(RealityWire.AuthKeySize);
    private byte[] _records = [];
    private int _received;
    private int _record; // where the record begins that is being read
    private int _joinedOfRecord;
    private byte[] _hello = [];
    private int _joined;
    private int _consumed;
    private GateVerdict _verdict = GateVerdict.NeedInput;

    /// <summary>Why the connection is a stranger's; for counters only.</summary>
    public RealityFault Fault { get; private set; }

    /// <summary>What the client says of itself, once it is ours.</summary>
    public RealityClaim Claim { get; private set; }

    /// <summary>The ClientHello message as received, once it is ours.</summary>
    public ReadOnlySpan<byte> Hello => _hello.AsSpan(0, _joined);

    /// <summary>The key shared with this client, once it is ours.</summary>
    public Secret AuthKey => _authKey;

    /// <summary>The server name in the hello, once it is ours.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>What the hello's first ALPN entry asks for, once it is ours.</summary>
    public AlpnClass Alpn { get; private set; }

    /// <summary>What this hello is remembered by, once it is ours.</summary>
    public UInt128 HelloKey =>
        HelloMemory.KeyOf(Hello.Slice(RealityWire.SessionIdOffset, RealityWire.SessionIdSize));

    /// <summary>Octets that came after the hello, once it is ours: the client's next records.</summary>
    public ReadOnlySpan<byte> Trailing => _records.AsSpan(_consumed, _received - _consumed);

    /// <summary>Takes the next octets from the client.</summary>
    /// <param name="octets">A copy is kept until the verdict.</param>
    /// <param name="unixSeconds">This machine's clock.</param>
    public GateVerdict Feed(ReadOnlySpan<byte> octets, long unixSeconds)
    {
        if (_verdict != GateVerdict.NeedInput)
            return _verdict;
        if (_received + octets.Length > MaxHello)
            return Refuse(RealityFault.TooLarge);
        Append(ref _records, _received, octets);
        _received += octets.Length;

        var fault = Join(out var isWhole);
        if (fault != RealityFault.None)
            return Refuse(fault);
        if (!isWhole)
            return GateVerdict.NeedInput;
        Fault = Judge(unixSeconds);
        return Fault == RealityFault.None ? _verdict = GateVerdict.Ours : Refuse(Fault);
    }

    /// <inheritdoc/>
    public void Dispose() => _authKey.Dispose();

    private GateVerdict Refuse(RealityFault fault)
    {
        Fault = fault;
        (_records, _hello) = ([], []);
        (_received, _joined, _consumed) = (0, 0, 0);
        return _verdict = GateVerdict.Stranger;
    }

    /// <summary>
    /// Joins the handshake message out of as many records as it came in, each octet once: a caller who drips may not
    /// make the node work.
    /// </summary>
    private RealityFault Join(out bool isWhole)
    {
        isWhole = false;
        while (_record < _received)
        {
            var rest = _records.AsSpan(_record, _received - _record);
            if (rest[0] != (byte)ContentType.Handshake || (rest.Length > 1 && rest[1] != 3))
                return RealityFault.NotAHello;
            if (rest.Length < RecordHeader)
                return RealityFault.None;
            var payload = (rest[3] << 8) | rest[4];
            if (payload is 0 or > 1 << 14)
                return RealityFault.NotAHello;
            var fresh = rest[(RecordHeader + _joinedOfRecord)..Math.Min(rest.Length, RecordHeader + payload)];
            Append(ref _hello, _joined, fresh);
            _joined += fresh.Length;
            _joinedOfRecord += fresh.Length;
            if (_joined > 0 && _hello[0] != (byte)HandshakeType.ClientHello)
                return RealityFault.NotAHello;
            if (_joined >= HandshakeHeader)
            {
                var whole = HandshakeHeader + ((_hello[1] << 16) | (_hello[2] << 8) | _hello[3]);
                if (whole > MaxHello)
                    return RealityFault.TooLarge;

                // A record that carries more than the hello is no browser's.
                if (_joined > whole || (_joined == whole && _joinedOfRecord < payload))
                    return RealityFault.NotAHello;
                if (_joined == whole)
                {
                    isWhole = true;
                    _consumed = _record + RecordHeader + payload;
                    return RealityFault.None;
                }
            }

            if (_joinedOfRecord < payload)
                return RealityFault.None;
            _record += RecordHeader + payload;
            _joinedOfRecord = 0;
        }

        return RealityFault.None;
    }

    /// <summary>Copies behind the first so many octets; what has to grow doubles.</summary>
    private static void Append(ref byte[] buffer, int length, ReadOnlySpan<byte> octets)
    {
        if (buffer.Length < length + octets.Length)
            Array.Resize(ref buffer, Math.Max(Math.Max(FirstBuffer, 2 * buffer.Length), length + octets.Length));
        octets.CopyTo(buffer.AsSpan(length));
    }

    private RealityFault Judge(long unixSeconds)
    {
        if (!ClientHelloView.TryParse(Hello, out var view))
            return RealityFault.NotAHello;
        if (!view.OffersVersion(0x0304))
            return RealityFault.NoTls13;
        ServerName = Encoding.Latin1.GetString(view.ServerName);
        if (!rules.ServerNames.Contains(ServerName))
            return RealityFault.OtherName;
        if (!TryFindShare(in view, out var share))
            return RealityFault.NoKeyShare;
        var hello = _hello.AsSpan(0, _joined);
        if (!RealityWire.TryOpen(hello, share, rules.PrivateKey.Octets, out var claim, _authKey.Octets))
            return RealityFault.NotSealedForUs;

        Claim = claim;
        Alpn = AlpnOf(view);
        if (claim.Version < rules.MinClientVersion || claim.Version > rules.MaxClientVersion)
            return RealityFault.Version;
        if (!rules.ShortIds.Contains(claim.ShortId))
            return RealityFault.UnknownShortId;
        return memory.Admit(
            Hello.Slice(RealityWire.SessionIdOffset, RealityWire.SessionIdSize), claim.UnixSeconds, unixSeconds);
    }

    private static AlpnClass AlpnOf(ClientHelloView view)
    {
        foreach (var name in view.Alpn)
            return name.SequenceEqual("h2"u8) ? AlpnClass.Http2 : AlpnClass.Http1;
        return AlpnClass.None;
    }

    /// <summary>
    /// The standalone X25519 share; where there is none, the X25519 half of the hybrid one. Under the strict rule a
    /// hybrid share must come first.
    /// </summary>
    private bool TryFindShare(in ClientHelloView view, out ReadOnlySpan<byte> share)
    {
        share = default;
        ReadOnlySpan<byte> hybridHalf = default;
        foreach (var entry in view.KeyShares)
        {
            if (entry.Group == NamedGroup.X25519MLKEM768
                && entry.Share.Length == MlKem768.EncapsulationKeySize + X25519.KeySize)
            {
                if (!hybridHalf.IsEmpty && rules.StrictHybrid)
                    return false;
                if (hybridHalf.IsEmpty)
                    hybridHalf = entry.Share[MlKem768.EncapsulationKeySize..];
            }
            else if (entry.Group == NamedGroup.X25519 && entry.Share.Length == X25519.KeySize)
            {
                share = entry.Share;
                break;
            }
        }

        if (rules.StrictHybrid && hybridHalf.IsEmpty)
            return false;
        if (share.IsEmpty)
            share = hybridHalf;
        return !share.IsEmpty;
    }
}
