using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Karez.Guard.Switch;

/// <summary>
/// The kill switch's table of nftables as JSON (libnftables-json(5)), made of what a state lets pass. Each text is one
/// transaction.
/// </summary>
public static class SwitchTable
{
    /// <summary>The table's name, of the family inet.</summary>
    public const string Name = "karez";

    /// <summary>Takes the table away. Fails where there is none.</summary>
    public static string Remove => Commands([O("delete", Table)]);

    /// <summary>Lists the table. Fails where there is none.</summary>
    public static string List => Commands([O("list", Table)]);

    /// <summary>Lists the table's counter of refused packets.</summary>
    public static string Counters =>
        Commands([O("list", O("counter", O("family", Q("inet"), "table", Q(Name), "name", Q("refused"))))]);

    /// <summary>Lists the set that is open while a pause lasts. Fails where there is no table.</summary>
    public static string Opened =>
        Commands([O("list", O("set", O("family", Q("inet"), "table", Q(Name), "name", Q("open"))))]);

    /// <summary>Ends a pause at once.</summary>
    public static string Close => Commands([Flush]);

    /// <summary>Opens for unmarked packets; the kernel closes by itself.</summary>
    public static string Open(TimeSpan duration) => Commands([Flush, Opening(duration)]);

    /// <summary>
    /// Makes the table, in place of the one that may be there. Nothing passes in between that neither of the two
    /// would let pass.
    /// </summary>
    /// <param name="plan">What for.</param>
    /// <param name="passages">What the state lets pass.</param>
    /// <param name="open">What is left of a pause; zero for none.</param>
    public static string Make(SwitchPlan plan, Passages passages, TimeSpan open)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!SwitchPlan.IsName(plan.Device) || (plan.Lan is { } lan && !SwitchPlan.IsName(lan)))
            throw new ArgumentException("not an interface's name", nameof(plan));
        List<string> commands =
        [
            O("add", Table), // So that there is one to delete.
            O("delete", Table),
            O("add", Table),
            Add("set", "name", Q("open"), "type", Q("mark"), "flags", """["timeout"]"""),
            Add("counter", "name", Q("refused")),
            Add("chain", "name", Q("refuse")),
            BaseChain("leaving", "output", "drop"),
            BaseChain("passing", "forward", "drop"),
            BaseChain("coming", "input", "accept"),
            Rule("refuse", O("counter", Q("refused"))),
            Rule("refuse", Is(Meta("l4proto"), Q("tcp")), O("reject", O("type", Q("tcp reset")))),
            Rule("refuse", O("reject", O("type", Q("icmpx"), "expr", Q("admin-prohibited")))),
        ];
        commands.AddRange(Leaving(plan, passages));
        commands.AddRange(Passing(plan));
        foreach (var network in plan.Own)
        {
            var protocol = network.BaseAddress.GetAddressBytes().Length == 4 ? "ip" : "ip6";
            commands.Add(Rule(
                "coming",
                Is(Meta("iifname"), Set("lo", plan.Device), "!="),
                Is(Field(protocol, "daddr"), Set(network.ToString())),
                Drop));
        }

        if (open > TimeSpan.Zero)
            commands.Add(Opening(open));
        return Commands(commands);
    }

    /// <summary>What is left of a pause, in whole seconds; zero where none is open.</summary>
    /// <param name="answer">What <see cref="Opened"/> was answered.</param>
    public static TimeSpan ReadOpened(string answer) => Read(answer, "set", LeftOf) ?? TimeSpan.Zero;

    /// <summary>Packets that were refused; null where the answer does not say.</summary>
    /// <param name="answer">What <see cref="Counters"/> was answered.</param>
    public static long? ReadRefused(string answer) =>
        Read<long>(answer, "counter", counter => counter.GetProperty("packets").GetInt64());

    /// <summary>Reads the first thing of a kind that is listed; null where there is none.</summary>
    private static T? Read<T>(string answer, string kind, Func<JsonElement, T?> read)
        where T : struct
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            foreach (var item in json.RootElement.GetProperty("nftables").EnumerateArray())
            {
                if (item.TryGetProperty(kind, out var found))
                    return read(found);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Of another version of the library.
        }

        return null;
    }

    /// <summary>At least a second while it has an element: the kernel does not list what is over.</summary>
    private static TimeSpan? LeftOf(JsonElement set)
    {
        if (!set.TryGetProperty("elem", out var elements) || elements.GetArrayLength() == 0)
            return null;
        var isTimed = elements[0].GetProperty("elem").TryGetProperty("expires", out var left);
        return TimeSpan.FromSeconds(isTimed ? Math.Max(1, left.GetInt64()) : 1);
    }

    private static IEnumerable<string> Leaving(SwitchPlan plan, Passages passages)
    {
        // Ours never goes into our own device, even where a route is wrong: it would come out again without end. That
        // happens where the machine has no way of its own, and is said so, as a reset would be the node's.
        yield return Rule(
            "leaving", Is(Meta("mark"), Number(SwitchPlan.Mark)), Is(Meta("oifname"), Q(plan.Device)), NoWay);
        if (passages.HasFlag(Passages.Karez))
            yield return Rule("leaving", Is(Meta("mark"), Number(SwitchPlan.Mark)), Accept);
        if (passages.HasFlag(Passages.Loopback))
            yield return Rule("leaving", Is(Meta("oifname"), Q("lo")), Accept);
        if (passages.HasFlag(Passages.Device))
            yield return Rule("leaving", Is(Meta("oifname"), Q(plan.Device)), Accept);
        // Always there: the set is empty but while a pause lasts, and the kernel empties it.
        yield return Rule("leaving", Is(Meta("mark"), Q("@open")), Accept);
        if (passages.HasFlag(Passages.Dhcp))
        {
            var to = Is(Field("ip", "daddr"), Set(SwitchRanges.Dhcp));
            yield return Rule("leaving", to, Port("sport", 68), Port("dport", 67), Accept);
            to = Is(Field("ip6", "daddr"), Set(SwitchRanges.Dhcp6));
            yield return Rule("leaving", to, Port("sport", 546), Port("dport", 547), Accept);
            if (plan.Lan is { } served)
            {
                yield return Rule(
                    "leaving", Is(Meta("oifname"), Q(served)), Port("sport", 67), Port("dport", 68), Accept);
            }
        }

        if (passages.HasFlag(Passages.Neighbours))
        {
            yield return Rule(
                "leaving",
                Is(Field("icmpv6", "type"), Set("nd-router-solicit", "nd-neighbor-solicit", "nd-neighbor-advert")),
                Is(Field("ip6", "hoplimit"), "255"),
                Is(Field("ip6", "daddr"), Set(SwitchRanges.Neighbours)),
                Accept);
        }

        // Whoever is served as a gateway's client gets addresses, names, and the refusals of what cannot be carried.
        if (plan.Lan is { } lan)
        {
            yield return Rule("leaving", Is(Meta("oifname"), Q(lan)), Port("sport", 53), Accept);
            yield return Rule(
                "leaving", Is(Meta("oifname"), Q(lan)), Is(Field("tcp", "sport"), "53"), Accept);
            yield return Rule(
                "leaving",
                Is(Meta("oifname"), Q(lan)),
                Is(Field("icmp", "type"), Set("echo-reply", "destination-unreachable")),
                Accept);
        }

        if (plan.Local && passages.HasFlag(Passages.Local))
        {
            yield return Rule(
                "leaving",
                Is(Meta("l4proto"), Set("tcp", "udp")),
                Is(Field("th", "dport"), """{"set":[53,853]}"""),
                Refuse);
            yield return Rule("leaving", Is(Field("ip", "daddr"), Set(SwitchRanges.Local)), Accept);
            yield return Rule("leaving", Is(Field("ip6", "daddr"), Set(SwitchRanges.Local6)), Accept);
        }

        yield return Rule("leaving", Refuse);
    }

    /// <summary>What is forwarded goes into the device or comes out of it; containers and phones, too.</summary>
    private static IEnumerable<string> Passing(SwitchPlan plan)
    {
        yield return Rule("passing", Is(Meta("oifname"), Q(plan.Device)), Accept);
        yield return Rule("passing", Is(Meta("iifname"), Q(plan.Device)), Accept);
        yield return Rule("passing", Refuse);
    }

    private static string Opening(TimeSpan duration)
    {
        // Rounded up, so that a pause of less than a second is one.
        var seconds = Math.Ceiling(Math.Min(duration.TotalSeconds, SwitchPlan.LongestPause.TotalSeconds));
        var element = O("val", "0", "timeout", Number((uint)Math.Max(1, seconds)));
        return Add("element", "name", Q("open"), "elem", $"[{O("elem", element)}]");
    }

    private static string BaseChain(string name, string hook, string policy) => Add(
        "chain", "name", Q(name), "type", Q("filter"), "hook", Q(hook), "prio", "0", "policy", Q(policy));

    private static string Rule(string chain, params string[] parts) =>
        Add("rule", "chain", Q(chain), "expr", $"[{string.Join(',', parts)}]");

    private static string Is(string left, string right, string how = "==") =>
        O("match", O("op", Q(how), "left", left, "right", right));

    private static string Meta(string key) => O("meta", O("key", Q(key)));

    private static string Field(string protocol, string field) =>
        O("payload", O("protocol", Q(protocol), "field", Q(field)));

    private static string Port(string field, ushort port) => Is(Field("udp", field), Number(port));

    /// <summary>Names, addresses, and prefixes, written <c>ADDRESS/LENGTH</c>.</summary>
    private static string Set(params IEnumerable<string> items) =>
        O("set", $"[{string.Join(',', items.Select(Item))}]");

    private static string Item(string item) => item.Split('/') is [var address, var length]
        ? O("prefix", O("addr", Q(address), "len", length))
        : Q(item);

    private static string Add(string kind, params ReadOnlySpan<string> members)
    {
        string[] all = ["family", Q("inet"), "table", Q(Name), .. members];
        return O("add", O(kind, O(all)));
    }

    private static string Commands(IEnumerable<string> commands) => O("nftables", $"[{string.Join(',', commands)}]");

    /// <summary>An object: names and values in turn, the values being JSON.</summary>
    private static string O(params ReadOnlySpan<string> members)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < members.Length; i += 2)
            text.Append(i == 0 ? "" : ",").Append('"').Append(members[i]).Append("\":").Append(members[i + 1]);
        return text.Append('}').ToString();
    }

    /// <summary>A string; only names and addresses that were checked come here.</summary>
    private static string Q(string text) => $"\"{text}\"";

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Table => O("table", O("family", Q("inet"), "name", Q(Name)));

    private static string Flush => O("flush", O("set", O("family", Q("inet"), "table", Q(Name), "name", Q("open"))));

    private static string NoWay => O("reject", O("type", Q("icmpx"), "expr", Q("no-route")));

    private static string Refuse => O("goto", O("target", Q("refuse")));

    private const string Accept = """{"accept":null}""";
    private const string Drop = """{"drop":null}""";
}
