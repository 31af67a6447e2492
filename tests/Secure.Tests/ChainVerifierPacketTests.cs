using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Beds;

namespace Karez.Secure.Tests;

/// <summary>Judging a chain sends no packet, seen from the other end of the only link there is.</summary>
public sealed class ChainVerifierPacketTests(ITestOutputHelper output) : IDisposable
{
    private const string Address = "10.9.8.2";

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-chain-").FullName;

    [Fact]
    public async Task No_revocation_list_responder_or_issuer_is_asked_where_the_framework_asks()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        WriteChain();
        using var bed = new Bed();
        var (near, far) = (bed.AddMachine("near"), bed.AddMachine("far"));
        foreach (var machine in bed.Machines)
        {
            // The kernel's own IPv6 housekeeping would be counted.
            const string Silence = "for f in all default; do echo 1 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done";
            Assert.Equal(0, (await machine.RunAsync("sh", ["-c", Silence], Token)).Code);
        }

        bed.Connect(near, "10.9.8.1/24", far, $"{Address}/24");

        var (ours, printed) = await CountAsync(near, far, _folder);
        output.WriteLine($"ours: {ours} packets, {printed}");
        Assert.Contains("judged None UntrustedCertificate", printed, StringComparison.Ordinal);
        Assert.Equal(0, ours);

        // The instrument can see: the framework's defaults do ask.
        var (frameworks, said) = await CountAsync(near, far, ChainProbe.ByDefault + _folder);
        output.WriteLine($"framework's defaults: {frameworks} packets, {said}");
        Assert.Contains("built ", said, StringComparison.Ordinal);
        Assert.True(frameworks > 0, said);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Packets at the far end and on the near machine's loopback while the probe runs on the near one.</summary>
    private static async Task<(int Packets, string Printed)> CountAsync(Machine near, Machine far, string order)
    {
        using var there = far.StartCapture();
        using var here = near.StartCapture();
        var (code, printed) = await near.RunAsync(
            "env", [$"{ChainProbe.Variable}={order}", "dotnet", typeof(ChainProbe).Assembly.Location], Token);
        there.Stop();
        here.Stop();
        Assert.True(code == 0, printed);
        Assert.Equal((0L, 0L), (there.Dropped, here.Dropped));
        return (there.Packets.Count + here.Packets.Count, printed);
    }

    private void WriteChain()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));

        var rootRequest = Request("CN=Karez root", rootKey, isAuthority: true);
        using var root = rootRequest.CreateSelfSigned(from, until);

        using var middlePublic = Request("CN=Karez middle", middleKey, isAuthority: true)
            .Create(root, from, until, RandomNumberGenerator.GetBytes(8));
        using var middle = middlePublic.CopyWithPrivateKey(middleKey);

        var leafRequest = Request("CN=site.example", leafKey, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("site.example");
        leafRequest.CertificateExtensions.Add(names.Build());
        using var leaf = leafRequest.Create(middle, from, until, RandomNumberGenerator.GetBytes(8));

        foreach (var (name, certificate) in new[] { ("root", root), ("middle", middle), ("leaf", leaf) })
            File.WriteAllBytes(Path.Combine(_folder, $"{name}.cer"), certificate.RawData);
    }

    /// <summary>A request whose certificate names everything that a verifier could ask.</summary>
    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"http://{Address}/list.crl"]));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(
            [$"http://{Address}/ocsp"], [$"http://{Address}/issuer.cer"]));
        return request;
    }
}
