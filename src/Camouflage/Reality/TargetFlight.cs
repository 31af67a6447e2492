using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The target's answer to a hello of ours, read from outside: its ServerHello, and how long each record is.
/// </summary>
/// <remarks>
/// <code>
///  ServerHello | ChangeCipherSpec | EncryptedExtensions | Certificate | CertificateVerify | Finished | more ...
///   22 03 03       14 03 03 0001          17                 17              17                17        17
/// </code>
/// A target whose first encrypted record is longer than 512 octets packs all four messages into it ("combined").
/// Nothing is sent to the client before the flight is complete, so an answer that breaks off can always be forwarded
/// as it came; implementations that decide earlier have to close instead.
/// </remarks>
public sealed class TargetFlight
{
    /// <summary>
    /// Most octets kept: one Certificate record of full size and the rest (XTLS/REALITY at 8cdf7bf9).
    /// </summary>
    public const int MaxOctets = 17 * 1024;

    /// <summary>Above this length the first encrypted record holds the whole flight.</summary>
    public const int CombinedAbove = 512;

    private const int RecordHeader = 5;
    private readonly int[] _messages = new int[4];
    private readonly List<int> _extra = [];

    /// <summary>The ServerHello message, 4-octet header included.</summary>
    public ReadOnlyMemory<byte> ServerHello { get; private set; }

    /// <summary>True when one record holds EncryptedExtensions to Finished.</summary>
    public bool IsCombined { get; private set; }

    /// <summary>
    /// Total record lengths, header included: EncryptedExtensions, Certificate, CertificateVerify, Finished; the first
    /// alone counts when <see cref="IsCombined"/>.
    /// </summary>
    public ReadOnlySpan<int> Records => _messages;

    /// <summary>Total lengths of records that came behind Finished in the same octets (early tickets).</summary>
    public IReadOnlyList<int> Extra => _extra;

    /// <summary>Looks at everything the target has sent so far.</summary>
    /// <param name="octets">From the first octet on.</param>
    public FlightStatus Parse(ReadOnlyMemory<byte> octets)
    {
        _extra.Clear();
        IsCombined = false;
        var rest = octets;
        for (var index = 0; ; index++)
        {
            if (IsCombined || index > 5)
                return ReadExtra(rest.Span);
            if (octets.Length > MaxOctets || !HeaderFits(index, rest.Span))
                return FlightStatus.Unusable;
            if (rest.Length < RecordHeader)
                return FlightStatus.NeedInput;
            var length = RecordHeader + ((rest.Span[3] << 8) | rest.Span[4]);
            if (length > MaxOctets || (index == 1 && length != 6))
                return FlightStatus.Unusable;
            if (index == 2 && length > CombinedAbove)
                IsCombined = true;
            if (rest.Length < length)
                return FlightStatus.NeedInput;
            if (index == 0 && !TryTakeServerHello(rest[RecordHeader..length]))
                return FlightStatus.Unusable;
            if (index >= 2)
                _messages[index - 2] = length;
            rest = rest[length..];
        }
    }

    private static bool HeaderFits(int index, ReadOnlySpan<byte> rest)
    {
        var type = index switch
        {
            0 => ContentType.Handshake,
            1 => ContentType.ChangeCipherSpec,
            _ => ContentType.ApplicationData,
        };
        return (rest.Length < 1 || rest[0] == (byte)type)
            && (rest.Length < 2 || rest[1] == 3)
            && (rest.Length < 3 || rest[2] == 3)
            && (rest.Length <= RecordHeader || index switch
            {
                0 => rest[RecordHeader] == (byte)HandshakeType.ServerHello,
                1 => rest[RecordHeader] == 1,
                _ => true,
            });
    }

    private FlightStatus ReadExtra(ReadOnlySpan<byte> rest)
    {
        // Only the header has to be here: the length is all that is borrowed.
        while (rest.Length >= RecordHeader && rest[0] == (byte)ContentType.ApplicationData && _extra.Count < 8)
        {
            var length = RecordHeader + ((rest[3] << 8) | rest[4]);
            _extra.Add(length);
            rest = rest[Math.Min(length, rest.Length)..];
        }

        return FlightStatus.Complete;
    }

    private bool TryTakeServerHello(ReadOnlyMemory<byte> message)
    {
        if (!ServerHelloView.TryParse(message.Span, out var view)
            || view.IsHelloRetryRequest
            || view.LegacyVersion != 0x0303
            || view.SelectedVersion != 0x0304
            || !view.CipherSuite.IsKnown())
            return false;
        var expected = view.KeyShareGroup switch
        {
            NamedGroup.X25519 => X25519.KeySize,
            NamedGroup.X25519MLKEM768 => MlKem768.CiphertextSize + X25519.KeySize,
            _ => -1,
        };
        if (view.KeyShare.Length != expected)
            return false;
        ServerHello = message;
        return true;
    }
}
