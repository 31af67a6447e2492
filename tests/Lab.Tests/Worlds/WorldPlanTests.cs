using System.Security.Cryptography.X509Certificates;
using Karez.Lab.Scenarios;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Worlds;

/// <summary>Plans and certificates.</summary>
public class WorldPlanTests
{
    [Fact]
    public void Every_scenario_has_a_plan_in_which_nobody_shares_what_is_his()
    {
        foreach (var scenario in ScenarioFolder.All())
        {
            var plan = WorldPlan.Of(scenario);
            Assert.Equal(scenario.Subscribers, plan.Subscribers.Count);
            var addresses = plan.Hosts.SelectMany(host => host.Addresses).Concat(plan.Subscribers.Select(one => one.Address)).ToList();
            Assert.Equal(addresses.Count, addresses.Distinct(StringComparer.Ordinal).Count());
            Assert.All(plan.Hosts, host => Assert.Matches("^[a-z0-9]{1,12}$", host.Name));
            Assert.All(plan.Sites, site => Assert.Contains(site.Address, addresses));
            foreach (var shared in plan.Subscribers.GroupBy(one => one.PublicAddress))
            {
                var ports = shared.SelectMany(one => Enumerable.Range(one.FirstPort, one.LastPort - one.FirstPort + 1)).ToList();
                Assert.Equal(ports.Count, ports.Distinct().Count());
                Assert.InRange(ports.Max(), 1, 65535);
            }
        }
    }

    [Fact]
    public void Each_user_has_a_twin_with_the_same_access_and_no_tool()
    {
        var scenario = new Scenario(
            "a", "b", 9, ["4g", "5g", "wifi"], [new ScenarioTool("karez", 2), new ScenarioTool("trojan", 1)]);
        var people = WorldPlan.Of(scenario).Subscribers;
        Assert.Equal(["karez", "karez", "trojan"], people.Take(3).Select(one => one.Tool));
        for (var i = 0; i < 3; i++)
        {
            var twin = people[i].Twin!.Value;
            Assert.Equal(i, people[twin].Twin);
            Assert.Null(people[twin].Tool);
            Assert.Equal(people[i].Access, people[twin].Access);
        }

        Assert.All(people.Skip(6), one => Assert.Null(one.Twin));
    }

    [Fact]
    public void Chains_are_as_long_as_on_the_web_and_lead_to_the_root()
    {
        using var authority = new PrivateCa(1);
        using var root = X509Certificate2.CreateFromPem(authority.RootPem);
        for (var i = 0; i < 8; i++)
        {
            var name = $"www.site{i:00}.example";
            var collection = new X509Certificate2Collection();
            collection.ImportFromPem(authority.Issue(name).Chain);
            Assert.InRange(collection.Sum(certificate => certificate.RawData.Length), 2300, 6000);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(root);
            chain.ChainPolicy.ExtraStore.AddRange(collection);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            Assert.True(chain.Build(collection[0]), string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));
            Assert.True(collection[0].MatchesHostname(name));
        }
    }
}
