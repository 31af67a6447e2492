using BenchmarkDotNet.Attributes;
using Karez.Crypto;

namespace Karez.Micro.Crypto;

/// <summary>One record's worth of sealing and opening, in place.</summary>
public class AeadBench
{
    private readonly byte[] _buffer = new byte[16384];
    private readonly byte[] _tag = new byte[Aead.TagSize];
    private readonly byte[] _nonce = new byte[Aead.NonceSize];
    private readonly byte[] _aad = new byte[5];
    private Aead _aead = null!; // Set before every run.

    [Params(AeadAlgorithm.Aes128Gcm, AeadAlgorithm.Aes256Gcm, AeadAlgorithm.ChaCha20Poly1305)]
    public AeadAlgorithm Algorithm { get; set; }

    [Params(1400, 16384)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Draw() => _aead = Aead.Create(Algorithm, new byte[Aead.KeySizeOf(Algorithm)]);

    [Benchmark]
    public bool Seal_and_open()
    {
        var part = _buffer.AsSpan(0, Size);
        _aead.Seal(_nonce, part, part, _tag, _aad);
        return _aead.TryOpen(_nonce, part, _tag, part, _aad);
    }
}
