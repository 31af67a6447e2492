using Karez.Cli.Output;
using Karez.Observe;

namespace Karez.Cli.Trying;

/// <summary>One connection as an observer between client and node sees it.</summary>
internal sealed class WireSight
{
    // Enough for the downloads of a trial; the rest passes unseen.
    private const int Kept = 8 << 20;

    private readonly Lock _gate = new();
    private readonly FlightLog _log = new();
    private readonly MemoryStream[] _octets = [new(), new()];

    /// <summary>Whether everything so far was TLS records, both ways.</summary>
    public bool IsAllTls
    {
        get
        {
            lock (_gate)
            {
                return _log[Direction.ClientToServer].NotTlsFrom is null
                    && _log[Direction.ServerToClient].NotTlsFrom is null;
            }
        }
    }

    public void Note(Direction direction, ReadOnlySpan<byte> octets)
    {
        lock (_gate)
        {
            _log.Feed(direction, octets);
            var kept = _octets[(int)direction];
            kept.Write(octets[..(int)Math.Min(octets.Length, Kept - kept.Length)]);
        }
    }

    /// <summary>Whether these octets appear anywhere, either way.</summary>
    public bool Shows(byte[] octets)
    {
        lock (_gate)
        {
            return Seen(Direction.ClientToServer).IndexOf(octets) >= 0
                || Seen(Direction.ServerToClient).IndexOf(octets) >= 0;
        }
    }

    /// <summary>What it looks like.</summary>
    public WireAnswer Describe()
    {
        lock (_gate)
        {
            var hello = HelloFields.TryParseStream(Seen(Direction.ClientToServer), out var fields) ? fields : null;
            return new WireAnswer(
                hello?.ServerName,
                hello is null ? null : Ja4.Of(hello),
                [.. _log.Flights.Take(6).Select(f => f.ToString())]);
        }
    }

    private ReadOnlySpan<byte> Seen(Direction direction)
    {
        var kept = _octets[(int)direction];
        return kept.GetBuffer().AsSpan(0, (int)kept.Length);
    }
}
