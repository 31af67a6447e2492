using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>A key share on P-256 or P-384: an uncompressed point each way (RFC 8446 section 4.2.8.2).</summary>
internal sealed class CurveKeyShare : KeyShare
{
    public const int P256ShareSize = 65;
    public const int P384ShareSize = 97;

    private readonly ECDiffieHellman _key;
    private readonly byte[] _publicShare;
    private readonly ECCurve _curve;
    private readonly int _fieldSize;

    public CurveKeyShare(NamedGroup group, IEntropy entropy)
        : base(group)
    {
        var p256 = group == NamedGroup.Secp256r1;
        _curve = p256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384;
        _fieldSize = p256 ? 32 : 48;
        var scalar = GC.AllocateArray<byte>(_fieldSize, pinned: true);
        // Both group orders fill their octets but for 2^-32: drawing again is rare and skews nothing.
        do
            entropy.Fill(scalar);
        while (!IsBelowOrder(scalar, p256 ? OrderP256 : OrderP384));

        _key = ECDiffieHellman.Create(new ECParameters { Curve = _curve, D = scalar });
        CryptographicOperations.ZeroMemory(scalar);
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        _publicShare = [Uncompressed, .. point.X!, .. point.Y!]; // A point just computed has both.
    }

    public override ReadOnlySpan<byte> PublicShare => _publicShare;

    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        OctetLength.RequireRoom(secret, MaxSecretSize);
        written = 0;
        if (serverShare.Length != 1 + (2 * _fieldSize) || serverShare[0] != Uncompressed)
            return false;

        try
        {
            var point = new ECPoint
            {
                X = serverShare.Slice(1, _fieldSize).ToArray(),
                Y = serverShare.Slice(1 + _fieldSize).ToArray(),
            };
            // Import refuses a point that is not on the curve; both curves have cofactor 1.
            using var peer = ECDiffieHellman.Create(new ECParameters { Curve = _curve, Q = point });
            using var peerKey = peer.PublicKey;
            var raw = _key.DeriveRawSecretAgreement(peerKey);
            raw.CopyTo(secret);
            written = raw.Length;
            CryptographicOperations.ZeroMemory(raw);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    protected override void Dispose(bool disposing) => _key.Dispose();

    private static bool IsBelowOrder(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> order) =>
        scalar.ContainsAnyExcept((byte)0) && scalar.SequenceCompareTo(order) < 0;

    private const byte Uncompressed = 4;

    // Group orders, SP 800-186 section 3.2.1.
    private static ReadOnlySpan<byte> OrderP256 =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];

    private static ReadOnlySpan<byte> OrderP384 =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC7, 0x63, 0x4D, 0x81, 0xF4, 0x37, 0x2D, 0xDF,
        0x58, 0x1A, 0x0D, 0xB2, 0x48, 0xB0, 0xA7, 0x7A, 0xEC, 0xEC, 0x19, 0x6A, 0xCC, 0xC5, 0x29, 0x73,
    ];
}
