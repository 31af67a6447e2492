using System.Diagnostics.CodeAnalysis;
using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Dns;

/// <summary>
/// Addresses that stand for names, so that a name is resolved at the far side: a name has one number, and with it an
/// address of each family.
/// </summary>
/// <remarks>
/// The number is a hash of the name, or the next free one, so that it is mostly the same after a restart. A number
/// changes its name only when it was unused for <see cref="Rest"/>, and only in a full pool.
/// </remarks>
public sealed class FakeAddresses
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly int _capacity;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="ipv4">The IPv4 range.</param>
    /// <param name="ipv6">The IPv6 range.</param>
    /// <param name="capacity">Names at most; at most half of either range, so that a free number is found soon.</param>
    public FakeAddresses(FakeRange ipv4, FakeRange ipv6, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Math.Min(ipv4.Count, ipv6.Count) / 2);
        (IPv4, IPv6, _capacity) = (ipv4, ipv6, capacity);
    }

    /// <summary>How long a name has to be unused before its number may be another's.</summary>
    public static TimeSpan Rest { get; } = TimeSpan.FromHours(1);

    /// <summary>The IPv4 range.</summary>
    public FakeRange IPv4 { get; }

    /// <summary>The IPv6 range.</summary>
    public FakeRange IPv6 { get; }

    /// <summary>Names that have a number.</summary>
    public int Count => _numbers.Count;

    /// <summary>The number of a name, a new one if it has none.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="now">The time.</param>
    /// <param name="number">Its number.</param>
    /// <returns>False when the pool is full of names in use.</returns>
    public bool TryGive(string name, Instant now, out int number)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_numbers.TryGetValue(name, out number))
        {
            Use(_entries[number], now);
            return true;
        }

        if (_numbers.Count >= _capacity)
        {
            if (_byUse.First is not { } oldest || now - oldest.ValueRef.LastUsed < Rest)
                return false;
            _byUse.Remove(oldest);
            _entries.Remove(oldest.ValueRef.Number);
            _numbers.Remove(oldest.ValueRef.Name);
        }

        var count = Math.Min(IPv4.Count, IPv6.Count);
        number = (int)(Hash(name) % (uint)count);
        while (_entries.ContainsKey(number))
            number = (number + 1) % count;
        _numbers[name] = number;
        _entries[number] = _byUse.AddLast(new Entry { Name = name, Number = number, LastUsed = now });
        return true;
    }

    /// <summary>Whether an address is of either range.</summary>
    public bool Contains(HostAddress address) => (address.IsIPv6 ? IPv6 : IPv4).NumberOf(address) >= 0;

    /// <summary>The name that an address stands for; notes its use.</summary>
    public bool TryFind(HostAddress address, Instant now, [MaybeNullWhen(false)] out string name)
    {
        name = null;
        var number = (address.IsIPv6 ? IPv6 : IPv4).NumberOf(address);
        if (number < 0 || !_entries.TryGetValue(number, out var node))
            return false;
        Use(node, now);
        name = node.ValueRef.Name;
        return true;
    }

    private void Use(LinkedListNode<Entry> node, Instant now)
    {
        node.ValueRef.LastUsed = now;
        if (node == _byUse.Last)
            return;
        _byUse.Remove(node);
        _byUse.AddLast(node);
    }

    /// <summary>FNV-1a, mixed: the framework's own hash differs from run to run.</summary>
    private static uint Hash(string name)
    {
        var hash = 2_166_136_261u;
        foreach (var letter in name)
            hash = (hash ^ letter) * 16_777_619u;
        hash ^= hash >> 15;
        hash *= 0x2C1B_3C6Du;
        return hash ^ (hash >> 12);
    }

    private struct Entry
    {
        public string Name;
        public int Number;
        public Instant LastUsed;
    }
}
