using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Karez.Config.Tests;

public class ExampleTests
{
    [Fact]
    public void The_node_example_is_read_without_a_problem()
    {
        var problems = new List<Problem>();
        NodeConfig.Read(Octets("node.json"), problems);
        Assert.Empty(problems);
    }

    [Fact]
    public void The_client_example_is_read_without_a_problem()
    {
        var problems = new List<Problem>();
        ClientConfig.Read(Octets("client.json"), problems);
        Assert.Empty(problems);
    }

    [Fact]
    public void The_node_example_names_every_member() => NamesEveryMember("node.json", ConfigJson.Default.NodeConfig);

    [Fact]
    public void The_client_example_names_every_member() =>
        NamesEveryMember("client.json", ConfigJson.Default.ClientConfig);

    [Theory]
    [InlineData("node.json")]
    [InlineData("client.json")]
    public void Every_member_of_an_example_has_a_comment_above_it(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "examples", file));
        for (var i = 1; i < lines.Length; i++)
        {
            // The password stands under the name's comment.
            if (lines[i].StartsWith("  \"", StringComparison.Ordinal) && !lines[i].Contains("\"password\""))
                Assert.StartsWith("  //", lines[i - 1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_node_example_shows_the_defaults()
    {
        var example = NodeConfig.Read(Octets("node.json"), [])!;
        var defaults = new NodeConfig(example.Target)
        {
            Name = example.Name,
            Address = example.Address,
            MinClientVersion = example.MinClientVersion,
            Egress = example.Egress,
        };
        Assert.Equal(defaults, example);
    }

    [Fact]
    public void The_client_example_shows_the_defaults()
    {
        var example = ClientConfig.Read(Octets("client.json"), [])!;
        var defaults = new ClientConfig(example.Links)
        {
            Username = example.Username,
            Password = example.Password,
            Route = example.Route,
            Endpoints = new EndpointConfig(),
            Subscriptions = example.Subscriptions,
        };
        Assert.Equal(defaults, example);
    }

    private static byte[] Octets(string file) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "examples", file));

    private static void NamesEveryMember(string file, JsonTypeInfo type)
    {
        using var document = JsonDocument.Parse(
            Octets(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.Equal(
            type.Properties.Select(p => p.Name).Order(StringComparer.Ordinal),
            document.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }
}
