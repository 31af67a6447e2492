using BenchmarkDotNet.Attributes;
using Karez.Camouflage.Browser;
using Karez.Crypto;
using Karez.Tests;

namespace Karez.Micro.Camouflage;

/// <summary>One ClientHello, with key shares made for it and with key shares made before.</summary>
public class BrowserHelloBench
{
    private readonly SeededEntropy _entropy = new(1);
    private BrowserProfile _profile = BrowserProfile.Default;
    private IReadOnlyList<KeyShare> _shares = [];

    [Params("chromium-156", "firefox-153")]
    public string Profile { get; set; } = "";

    [GlobalSetup]
    public void Read()
    {
        _profile = BrowserProfile.TryGet(Profile, out var found) ? found! : BrowserProfile.Default;
        _shares = BrowserHello.Build(_profile, "www.example.com", _entropy).KeyShares;
    }

    [Benchmark(Baseline = true)]
    public int With_fresh_key_shares() => BrowserHello.Build(_profile, "www.example.com", _entropy).Hello.Length;

    [Benchmark]
    public int With_key_shares_made_before() => BrowserHello.Build(
        _profile, new HelloRequest { ServerName = "www.example.com", KeyShares = _shares }, _entropy).Hello.Length;
}
