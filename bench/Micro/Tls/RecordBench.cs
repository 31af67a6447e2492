using BenchmarkDotNet.Attributes;
using Karez.Tls.Keys;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Micro.Tls;

/// <summary>One record: sealed in place, and sealed and opened in place.</summary>
public class RecordBench
{
    private readonly byte[] _buffer = new byte[RecordSealer.MaxRecord];
    private readonly RecordSealer _alone = new();
    private readonly RecordSealer _sealer = new();
    private readonly RecordOpener _opener = new();

    [Params(100, 1_400, 16_384)]
    public int Length { get; set; }

    [Params(CipherSuite.Aes128GcmSha256, CipherSuite.ChaCha20Poly1305Sha256)]
    public CipherSuite Suite { get; set; }

    [GlobalSetup]
    public void Protect()
    {
        using var secret = new Secret(new byte[32]);
        _alone.Protect(Suite, secret);
        _sealer.Protect(Suite, secret);
        _opener.Protect(Suite, secret);
    }

    [Benchmark]
    public int Seal() => _alone.Seal(_buffer, RecordSealer.Headroom, Length, ContentType.ApplicationData);

    [Benchmark]
    public RecordStatus Seal_and_open()
    {
        var total = _sealer.Seal(_buffer, RecordSealer.Headroom, Length, ContentType.ApplicationData);
        return _opener.TryOpen(_buffer.AsSpan(0, total), out _);
    }
}
