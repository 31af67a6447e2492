using System.Buffers.Text;
using System.Security.Cryptography;
using Karez.Crypto;

namespace Karez.Interop.Reality;

/// <summary>Keys and ids of one node and one person, new for each test.</summary>
internal sealed class Credentials
{
    public Credentials()
    {
        RandomNumberGenerator.Fill(PrivateKey);
        X25519.DerivePublicKey(PrivateKey, PublicKey);
    }

    public byte[] PrivateKey { get; } = new byte[32];

    public byte[] PublicKey { get; } = new byte[32];

    public string PublicKeyText => Base64Url.EncodeToString(PublicKey);

    public string PrivateKeyText => Base64Url.EncodeToString(PrivateKey);

    public Guid User { get; } = Guid.NewGuid();

    public string ShortId { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);
}
