using System.Net;
using Karez.Config;
using Karez.Config.Links;
using Karez.Contracts;
using Karez.Server.State;

namespace Karez.Server.Tests.State;

public sealed class NodeStateTests : TempState
{
    [Fact]
    public void A_new_node_is_read_again_as_it_was_made()
    {
        var made = NodeState.Create(Folder, Config, "me", Now);
        var read = NodeState.Load(Folder);
        Assert.Equal(made.Config, read.Config);
        Assert.Equal(made.Keys, read.Keys);
        Assert.Equal(made.Roster.People, read.Roster.People);
    }

    [Fact]
    public void A_second_node_is_refused_in_the_same_folder()
    {
        NodeState.Create(Folder, Config, "me", Now);
        Refused(() => NodeState.Create(Folder, Config, "me", Now));
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        NodeState.Create(Folder, Config, "me", Now);
        File.Delete(Folder.FileOf("keys.json"));
        var refused = Refused(() => NodeState.Load(Folder));
        Assert.Contains("keys.json is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void People_are_invited_and_revoked_by_name_without_regard_to_case()
    {
        NodeState.Create(Folder, Config, "me", Now);
        var ali = RosterChange.NewPerson("Ali", Now);
        NodeState.ChangePeople(Folder, r => RosterChange.Add(r, ali));
        Refused(() => NodeState.ChangePeople(Folder, r => RosterChange.Add(r, RosterChange.NewPerson("ALI", Now))));
        Assert.Equal(["me", "Ali"], NodeState.Load(Folder).Roster.People.Select(p => p.Name));
        NodeState.ChangePeople(Folder, r => RosterChange.Remove(r, "ali"));
        Assert.Equal(["me"], NodeState.Load(Folder).Roster.People.Select(p => p.Name));
        Refused(() => NodeState.ChangePeople(Folder, r => RosterChange.Remove(r, "ali")));
    }

    [Fact]
    public async Task Commands_at_the_same_time_lose_nobody()
    {
        NodeState.Create(Folder, Config, "me", Now);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Invite($"p{i}"), Stop)));
        Assert.Equal(17, NodeState.Load(Folder).Roster.People.Count);

        void Invite(string name) =>
            NodeState.ChangePeople(Folder, r => RosterChange.Add(r, RosterChange.NewPerson(name, Now)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" me")]
    [InlineData("me\u001b[31m")]
    public void Nobody_is_called_so(string name) => Refused(() => RosterChange.NewPerson(name, Now));

    [Fact]
    public void People_who_share_an_id_or_a_short_id_are_refused()
    {
        var me = RosterChange.NewPerson("me", Now);
        var other = RosterChange.NewPerson("other", Now);
        Assert.Contains(Problems(me, other with { ShortId = me.ShortId }), p => p.Path == "$.people[1].shortId");
        Assert.Contains(Problems(me, other with { Id = me.Id }), p => p.Path == "$.people[1].id");
        Assert.Contains(Problems(me, other with { Name = "ME" }), p => p.Path == "$.people[1].name");
        Assert.Contains(Problems(me with { ShortId = "00" }), p => p.Path == "$.people[0].shortId");
        Assert.Contains(Problems(me with { Flow = "x" }), p => p.Path == "$.people[0].flow");
        Assert.Empty(Problems(me, other));
    }

    [Fact]
    public void Ids_that_differ_only_where_clients_write_are_the_same()
    {
        var me = RosterChange.NewPerson("me", Now) with { Id = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57") };
        var other = me with
        {
            Name = "other",
            Id = Guid.Parse("66ad4540-b58c-0001-9926-ea63445a9b57"),
            ShortId = "0123456789abcdef",
        };
        Assert.Contains(Problems(me, other), p => p.Path == "$.people[1].id");
    }

    [Fact]
    public void A_persons_link_carries_what_opens_the_node()
    {
        var state = NodeState.Create(Folder, Config, "me", Now);
        var link = NodeLinks.Of(state, state.Roster.People[0], NodeLinks.AddressOf(state.Config));
        Assert.Equal("203.0.113.7:443", link.ToString());
        Assert.Equal("www.example.com", link.ServerName);
        Assert.Equal(state.Roster.People[0].ShortId, link.ShortId);
        var problems = new List<Problem>();
        Assert.NotNull(VlessLink.Parse(link.Format(), problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void A_link_takes_the_listeners_port_unless_the_address_says_another()
    {
        Assert.Equal(8443, NodeLinks.AddressOf(Config with { Listen = "[::]:8443" }).Port);
        Assert.Equal(2053, NodeLinks.AddressOf(Config with { Listen = "[::]:8443", Address = "a.example:2053" }).Port);
    }

    // RFC 7748 section 6.1.
    [Fact]
    public void The_links_key_is_the_public_half_of_the_nodes_key()
    {
        var secret = Convert.FromHexString("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        var keys = new NodeKeys(System.Buffers.Text.Base64Url.EncodeToString(secret));
        var state = NodeState.Replace(Folder, Config, keys, new Roster([RosterChange.NewPerson("me", Now)]));
        var key = new byte[32];
        NodeLinks.Of(state, state.Roster.People[0], new Endpoint("a.example", 1)).CopyPublicKey(key);
        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(key));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("100.64.1.1", false)]
    [InlineData("100.128.1.1", true)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2a00:1450::1", true)]
    public void Knows_which_addresses_others_can_reach(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Keys_and_backups_print_no_secret()
    {
        var state = NodeState.Create(Folder, Config, "me", Now);
        var backup = new Backup(Now, state.Config, state.Keys, state.Roster);
        Assert.DoesNotContain(state.Keys.PrivateKey, $"{backup} {state.Keys}", StringComparison.Ordinal);
        Assert.DoesNotContain(state.Roster.People[0].ShortId, $"{state.Roster.People[0]}", StringComparison.Ordinal);
    }

    private static List<Problem> Problems(params Person[] people)
    {
        var problems = new List<Problem>();
        RosterCheck.Check(new Roster(people), problems);
        return problems;
    }
}
