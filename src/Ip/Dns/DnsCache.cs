using System.Buffers.Binary;
using Karez.Wire;

namespace Karez.Ip.Dns;

/// <summary>
/// Answers of other servers, kept as long as they say, bounded; the one unused for longest gives way.
/// </summary>
/// <param name="capacity">Answers at most.</param>
public sealed class DnsCache(int capacity)
{
    private readonly Dictionary<(string Name, DnsType Type), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>Answers kept.</summary>
    public int Count => _entries.Count;

    /// <summary>Keeps an answer if it may be kept.</summary>
    /// <param name="name">The name that was asked for, in lower case.</param>
    /// <param name="type">The type.</param>
    /// <param name="message">The answer, whole and not truncated.</param>
    /// <param name="now">The time.</param>
    public void Add(string name, DnsType type, ReadOnlySpan<byte> message, Instant now)
    {
        if (message.Length > DnsQuery.MaxMessage || DnsResponse.IsTruncated(message)
            || !DnsResponse.TryReadLifetime(message, out var lifetime))
            return;
        if (_entries.Remove((name, type), out var old))
            _byUse.Remove(old);
        if (_entries.Count >= capacity && _byUse.First is { } oldest)
        {
            _byUse.Remove(oldest);
            _entries.Remove(oldest.ValueRef.Key);
        }

        var entry = new Entry((name, type), message.ToArray(), now, now + lifetime);
        _entries[(name, type)] = _byUse.AddLast(entry);
    }

    /// <summary>Writes a kept answer for a query: its id and question, TTLs less what has passed.</summary>
    /// <param name="query">The query.</param>
    /// <param name="now">The time.</param>
    /// <param name="destination">At least <see cref="DnsQuery.MaxMessage"/> octets.</param>
    /// <returns>The message's octets; 0 when there is none.</returns>
    public int TryWrite(in DnsQuery query, Instant now, Span<byte> destination)
    {
        if (!_entries.TryGetValue((query.Name, query.Type), out var node))
            return 0;
        var entry = node.Value;
        _byUse.Remove(node);
        if (now >= entry.Until)
        {
            _entries.Remove(entry.Key);
            return 0;
        }

        _byUse.AddLast(node);
        return Shape(entry.Message, query, now - entry.Since, destination);
    }

    /// <summary>Writes somebody's answer as the answer to a query of the same question.</summary>
    /// <returns>The message's octets.</returns>
    public static int Shape(ReadOnlySpan<byte> message, in DnsQuery query, TimeSpan age, Span<byte> destination)
    {
        var copy = destination[..message.Length];
        message.CopyTo(copy);
        BinaryPrimitives.WriteUInt16BigEndian(copy, query.Id);
        copy[2] = (byte)((copy[2] & 0xFA) | (query.WantsRecursion ? 1 : 0)); // not authoritative
        copy[3] = (byte)((copy[3] & 0x0F) | 0x80); // recursion is to be had; nothing was validated here
        query.Question.CopyTo(copy[DnsQuery.HeaderLength..]); // the same name, in the asker's letters
        DnsResponse.Age(copy, age);
        return copy.Length;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _entries.Clear();
        _byUse.Clear();
    }

    private sealed record Entry((string Name, DnsType Type) Key, byte[] Message, Instant Since, Instant Until);
}
