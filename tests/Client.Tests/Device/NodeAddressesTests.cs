using System.Net;
using Karez.Client.Device;

namespace Karez.Client.Tests.Device;

/// <summary>Which questions for a node's name leave in clear.</summary>
public sealed class NodeAddressesTests : IDisposable
{
    private const string Name = "node.example.com";
    private static readonly IPAddress s_first = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_second = IPAddress.Parse("192.0.2.2");

    private readonly string _folder = Directory.CreateTempSubdirectory("kzn").FullName;
    private readonly List<string> _asked = [];
    private readonly HandClock _clock = new();
    private IPAddress? _answer = s_first;

    private string File => Path.Combine(_folder, "node-addresses.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_answered_once_is_asked_for_never_again()
    {
        var addresses = Start();
        Assert.Equal(s_first, await addresses.FindAsync(Name));
        Assert.Equal(s_first, await addresses.FindAsync(Name));
        Assert.Equal([Name], _asked);
        Assert.Null(Start().Remembered(Name)); // nobody answered there yet
        addresses.Remember(Name, s_first);
        Assert.Equal(s_first, await Start().FindAsync(Name));
        Assert.Equal([Name], _asked);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task An_address_needs_no_question_and_no_memory()
    {
        var addresses = Start();
        Assert.Equal(s_second, await addresses.FindAsync("192.0.2.2"));
        Assert.Null(await addresses.FindNextAsync("192.0.2.2", [s_second]));
        addresses.Remember("192.0.2.2", s_second);
        Assert.Empty(_asked);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task A_node_that_moved_is_found_by_one_question_for_all_who_look()
    {
        Start().Remember(Name, s_first);
        var addresses = Start();
        var answer = new TaskCompletionSource<IPAddress?>();
        addresses.AskInClear = host =>
        {
            _asked.Add(host);
            return answer.Task;
        };
        Assert.Equal(s_first, await addresses.FindAsync(Name));
        var looking = Enumerable.Range(0, 6).Select(_ => addresses.FindNextAsync(Name, [s_first]).AsTask()).ToArray();
        answer.SetResult(s_second);
        Assert.All(await Task.WhenAll(looking), found => Assert.Equal(s_second, found));
        Assert.Equal(s_second, await addresses.FindNextAsync(Name, [s_first]));
        Assert.Equal([Name], _asked);
        Assert.Equal(s_first, await Start().FindAsync(Name)); // until it has answered there
        addresses.Remember(Name, s_second);
        Assert.Equal(s_second, await Start().FindAsync(Name));
        Assert.Equal(s_first, await Start().FindNextAsync(Name, [s_second]));
        Assert.Equal(s_first, await addresses.FindNextAsync(Name, [s_second])); // it may be back
    }

    [Fact]
    public async Task A_node_that_is_away_is_asked_for_seldom()
    {
        Start().Remember(Name, s_first);
        var addresses = Start();
        for (var i = 0; i < 5; i++)
            Assert.Null(await addresses.FindNextAsync(Name, [s_first]));
        Assert.Single(_asked);
        _clock.Now += NodeAddresses.Pause;
        _answer = null;
        Assert.Null(await addresses.FindNextAsync(Name, [s_first]));
        Assert.Null(await addresses.FindNextAsync(Name, [s_first]));
        Assert.Equal(2, _asked.Count);
        _clock.Now += NodeAddresses.ShortPause; // nobody answered
        _answer = s_second;
        Assert.Equal(s_second, await addresses.FindNextAsync(Name, [s_first]));
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public async Task A_wrong_answer_does_not_displace_the_address_that_answered()
    {
        Start().Remember(Name, s_first);
        var addresses = Start();
        _answer = s_second; // a lie: the node is where it was, and was away for a moment
        Assert.Equal(s_second, await addresses.FindNextAsync(Name, [s_first]));
        Assert.Null(await addresses.FindNextAsync(Name, [s_first, s_second]));
        Assert.Equal(s_first, await addresses.FindAsync(Name));
        Assert.Equal(s_first, await Start().FindAsync(Name));
    }

    private NodeAddresses Start() => new(File, _clock)
    {
        AskInClear = host =>
        {
            _asked.Add(host);
            return Task.FromResult(_answer);
        },
    };

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
