using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Secure;

/// <summary>Tickets of earlier visits, each used once (RFC 8446 appendix C.4), as a browser keeps them.</summary>
/// <remarks>
/// Two tickets a site, the newest first; a thousand sites, the one visited longest ago goes first (our choice; Chrome
/// keeps as many). Kept in memory only. Safe for concurrent use.
/// </remarks>
/// <param name="time">The clock by which tickets age; the system's when null.</param>
public sealed class BrowserSession(TimeProvider? time = null) : IDisposable
{
    private const int MaxSites = 1024;
    private const int MaxTickets = 2;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<string, Site> _sites = new(StringComparer.OrdinalIgnoreCase);
    private long _visits;
    private bool _disposed;

    /// <summary>How many tickets are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_sites)
                return _sites.Values.Sum(site => site.Tickets.Count);
        }
    }

    internal Instant Now => new((long)_time.GetElapsedTime(0).TotalMilliseconds);

    /// <summary>Takes a ticket out; the caller owns it.</summary>
    internal bool TryTake(string key, out KeptTicket ticket)
    {
        ticket = default;
        var now = Now;
        lock (_sites)
        {
            if (!_sites.TryGetValue(key, out var site))
                return false;
            site.LastVisit = ++_visits;
            while (site.Tickets.Count > 0)
            {
                ticket = site.Tickets[^1];
                site.Tickets.RemoveAt(site.Tickets.Count - 1);
                if (ticket.Ticket.IsUsable(now))
                    return true;
                ticket.Ticket.Dispose();
            }
        }

        return false;
    }

    /// <summary>Keeps a ticket; owns it from now on.</summary>
    internal void Keep(string key, KeptTicket ticket)
    {
        lock (_sites)
        {
            if (_disposed)
            {
                ticket.Ticket.Dispose();
                return;
            }

            if (!_sites.TryGetValue(key, out var site))
            {
                if (_sites.Count == MaxSites)
                    Forget(_sites.MinBy(other => other.Value.LastVisit).Key);
                _sites.Add(key, site = new Site());
            }

            site.LastVisit = ++_visits;
            site.Tickets.Add(ticket);
            if (site.Tickets.Count <= MaxTickets)
                return;
            site.Tickets[0].Ticket.Dispose();
            site.Tickets.RemoveAt(0);
        }
    }

    /// <summary>Forgets all tickets.</summary>
    public void Dispose()
    {
        lock (_sites)
        {
            _disposed = true;
            foreach (var key in _sites.Keys.ToList())
                Forget(key);
        }
    }

    private void Forget(string key)
    {
        if (!_sites.Remove(key, out var site))
            return;
        foreach (var ticket in site.Tickets)
            ticket.Ticket.Dispose();
    }

    /// <summary>A ticket, and the chain that was accepted with the session that gave it.</summary>
    internal readonly record struct KeptTicket(
        ResumptionTicket Ticket, IReadOnlyList<ReadOnlyMemory<byte>> Certificates);

    private sealed class Site
    {
        public List<KeptTicket> Tickets { get; } = [];

        public long LastVisit { get; set; }
    }
}
