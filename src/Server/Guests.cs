using Karez.Net.Loops;
using Karez.Server.People;

namespace Karez.Server;

/// <summary>Everyone who is in, by loop, so that a revoked person's flows can be ended at once.</summary>
internal sealed class Guests(IReadOnlyList<EventLoop> loops)
{
    private readonly Dictionary<EventLoop, HashSet<Guest>> _byLoop =
        loops.ToDictionary(l => l, _ => new HashSet<Guest>());

    /// <summary>Called on the guest's loop.</summary>
    public void Add(EventLoop loop, Guest guest) => _byLoop[loop].Add(guest);

    /// <summary>Called on the guest's loop.</summary>
    public void Remove(EventLoop loop, Guest guest) => _byLoop[loop].Remove(guest);

    /// <summary>Ends every flow whose person is no longer a member; from any thread.</summary>
    public void EndAllBut(Membership membership) =>
        EndWhere(guest => membership.Find(guest.Member.ShortId) != guest.Member);

    /// <summary>Ends every flow; from any thread.</summary>
    public void EndAll() => EndWhere(_ => true);

    private void EndWhere(Func<Guest, bool> condition)
    {
        foreach (var (loop, guests) in _byLoop)
        {
            loop.Post(() =>
            {
                foreach (var guest in guests)
                {
                    if (condition(guest))
                        guest.Abort();
                }
            });
        }
    }
}
