using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>
/// A key share on a NIST curve: uncompressed points (RFC 8446 section 4.2.8.2); the secret is the x coordinate.
/// </summary>
internal sealed class CurveKeyShare : KeyShare
{
    private readonly NamedGroup _group;
    private readonly ECDiffieHellman _key;
    private readonly byte[] _share;
    private readonly int _size;

    private CurveKeyShare(NamedGroup group, ECDiffieHellman key, int size)
    {
        (_group, _key, _size) = (group, key, size);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        _share = [4, .. point.X!, .. point.Y!]; // an exported public key always has both coordinates
    }

    public override NamedGroup Group => _group;

    public override ReadOnlySpan<byte> PublicShare => _share;

    public static new CurveKeyShare Generate(NamedGroup group, IEntropy entropy)
    {
        var (curve, size) = group switch
        {
            NamedGroup.Secp256r1 => (ECCurve.NamedCurves.nistP256, 32),
            NamedGroup.Secp384r1 => (ECCurve.NamedCurves.nistP384, 48),
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Not a group of this house."),
        };
        var scalar = new byte[size];
        while (true)
        {
            // A draw of zero or above the order (2^-32 for P-256) is refused by the import: draw again.
            entropy.Fill(scalar);
            try
            {
                return new CurveKeyShare(
                    group, ECDiffieHellman.Create(new ECParameters { Curve = curve, D = scalar }), size);
            }
            catch (CryptographicException)
            {
            }
            finally
            {
                CryptographicOperations.ZeroMemory(scalar);
            }
        }
    }

    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        written = 0;
        if (serverShare.Length != 1 + (2 * _size) || serverShare[0] != 4)
            return false;
        try
        {
            using var peer = ECDiffieHellman.Create(new ECParameters
            {
                Curve = _size == 32 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
                Q = new ECPoint { X = serverShare.Slice(1, _size).ToArray(), Y = serverShare[(1 + _size)..].ToArray() },
            });
            var agreed = _key.DeriveRawSecretAgreement(peer.PublicKey);
            agreed.CopyTo(secret);
            CryptographicOperations.ZeroMemory(agreed);
            written = agreed.Length;
            return true;
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
            return false;
        }
    }

    protected override void Dispose(bool disposing) => _key.Dispose();
}
