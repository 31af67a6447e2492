using BenchmarkDotNet.Attributes;
using Karez.Crypto;
using Karez.Tests;

namespace Karez.Micro.Crypto;

/// <summary>The key agreement of a whole handshake, each side.</summary>
public class KeyShareBench
{
    private readonly SeededEntropy _entropy = new(4);
    private readonly byte[] _answer = new byte[KeyShare.MaxShareSize];
    private readonly byte[] _secret = new byte[KeyShare.MaxSecretSize];
    private byte[] _offer = [];
    private KeyShare _share = null!; // Set before every run.
    private int _length;

    [Params(NamedGroup.X25519, NamedGroup.X25519MLKEM768, NamedGroup.Secp256r1, NamedGroup.Secp384r1)]
    public NamedGroup Group { get; set; }

    [GlobalSetup]
    public void Draw()
    {
        _share = KeyShare.Generate(Group, _entropy);
        _offer = _share.PublicShare.ToArray();
        KeyShare.TryRespond(Group, _offer, _entropy, _answer, out _length, _secret, out _);
    }

    [Benchmark]
    public void Client_generates() => KeyShare.Generate(Group, _entropy).Dispose();

    [Benchmark]
    public bool Client_completes() => _share.TryComplete(_answer.AsSpan(0, _length), _secret, out _);

    [Benchmark]
    public bool Server_responds() =>
        KeyShare.TryRespond(Group, _offer, _entropy, _answer, out _, _secret, out _);
}
