namespace Karez.Sys.Netlink;

/// <content>Rules.</content>
public sealed partial class Rtnetlink
{
    /// <summary>Lists the rules that send packets to a table, both families.</summary>
    public int ReadRules(List<RuleEntry> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return Dump(GetRule, RuleSize, (type, body) =>
        {
            if (type == NewRule && ParseRule(body) is { } rule)
                rules.Add(rule);
        }, rules.Clear);
    }

    /// <summary>Adds a rule; minus EEXIST where there is the same.</summary>
    public int AddRule(RuleEntry rule) => Change(NewRule, Create | Exclusive, rule);

    /// <summary>Removes a rule; minus ENOENT where there is none.</summary>
    public int DeleteRule(RuleEntry rule) => Change(OldRule, 0, rule);

    internal static RuleEntry? ParseRule(ReadOnlySpan<byte> body)
    {
        if (body.Length < RuleSize || Family(body[0]) is not { } family || body[7] != ToTable)
            return null;
        var rule = new RuleEntry { Family = family, Priority = 0, Table = body[4] };
        for (var reader = new NetlinkReader(body[RuleSize..]); reader.MoveNext();)
        {
            rule = reader.Type switch
            {
                RulePriority => rule with { Priority = reader.Number },
                RuleMark => rule with { Mark = reader.Number },
                RuleTable => rule with { Table = reader.Number },
                RuleSuppress when reader.Number != uint.MaxValue =>
                    rule with { SuppressPrefixLength = (int)reader.Number },
                RuleProtocol when reader.Value.Length == 1 => rule with { Protocol = reader.Value[0] },
                RuleIPProtocol when reader.Value.Length == 1 => rule with { IPProtocol = reader.Value[0] },
                RulePorts when reader.Value.Length == 4 =>
                    rule with { DestinationPort = BitConverter.ToUInt16(reader.Value) },
                _ => rule,
            };
        }

        return rule;
    }

    private int Change(ushort type, ushort flags, RuleEntry rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, type, flags);
        var fixedPart = writer.Fixed(RuleSize);
        fixedPart[0] = Number(rule.Family);
        fixedPart[4] = rule.Table < 256 ? (byte)rule.Table : Unspecified;
        fixedPart[7] = ToTable;
        writer.Add(RulePriority, rule.Priority);
        writer.Add(RuleTable, rule.Table);
        if (rule.Mark is { } mark)
        {
            writer.Add(RuleMark, mark);
            writer.Add(RuleMask, uint.MaxValue);
        }

        if (rule.SuppressPrefixLength is { } length) writer.Add(RuleSuppress, (uint)length);
        if (rule.IPProtocol != 0) writer.Add(RuleIPProtocol, [rule.IPProtocol]);
        if (rule.DestinationPort != 0)
        {
            Span<byte> range = stackalloc byte[4]; // from and to, in host order
            BitConverter.TryWriteBytes(range, rule.DestinationPort);
            BitConverter.TryWriteBytes(range[2..], rule.DestinationPort);
            writer.Add(RulePorts, range);
        }

        if (rule.Protocol != 0) writer.Add(RuleProtocol, [rule.Protocol]);
        return _socket.Request(writer.Message);
    }

    internal const ushort NewRule = 32;
    internal const ushort OldRule = 33;
    private const ushort GetRule = 34;
    private const int RuleSize = 12; // struct fib_rule_hdr
    private const byte ToTable = 1; // FR_ACT_TO_TBL
    private const ushort RulePriority = 6;
    private const ushort RuleMark = 10;
    private const ushort RuleSuppress = 14;
    private const ushort RuleTable = 15;
    private const ushort RuleMask = 16;
    private const ushort RuleProtocol = 21;
    private const ushort RuleIPProtocol = 22;
    private const ushort RulePorts = 24;
}
