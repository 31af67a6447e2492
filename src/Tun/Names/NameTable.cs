using System.Diagnostics.CodeAnalysis;
using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Tun.Names;

/// <summary>
/// Which name an address stands for: fake ones, and those that direct names were resolved to. For any thread.
/// </summary>
internal sealed class NameTable
{
    private readonly Lock _lock = new();
    private readonly FakeAddresses _fakes;
    private readonly Dictionary<HostAddress, string> _direct = [];
    private readonly Queue<HostAddress> _directByAge = new();

    public NameTable(TunOptions options)
    {
        var six = options.IPv6 ?? TunPair.DefaultIPv6; // numbers are of both families, asked for or not
        _fakes = new FakeAddresses(options.IPv4.Fakes, six.Fakes, options.MaxNames);
    }

    /// <summary>The fake address of a name; false when there is none left.</summary>
    public bool TryGive(string name, bool isIPv6, Instant now, out HostAddress address)
    {
        lock (_lock)
        {
            var given = _fakes.TryGive(name, now, out var number);
            address = given ? (isIPv6 ? _fakes.IPv6 : _fakes.IPv4).AddressOf(number) : default;
            return given;
        }
    }

    /// <summary>What is known of an address.</summary>
    /// <param name="address">Where a flow goes.</param>
    /// <param name="now">The time.</param>
    /// <param name="name">Its name, if one is known.</param>
    /// <returns>Whether it is a fake one.</returns>
    public bool IsFake(HostAddress address, Instant now, out string? name)
    {
        lock (_lock)
        {
            if (_fakes.Contains(address))
            {
                _fakes.TryFind(address, now, out name);
                return true;
            }

            _direct.TryGetValue(address, out name);
            return false;
        }
    }

    /// <summary>The name of a fake address.</summary>
    public bool TryFindFake(HostAddress address, Instant now, [MaybeNullWhen(false)] out string name)
    {
        lock (_lock)
            return _fakes.TryFind(address, now, out name);
    }

    /// <summary>Notes the addresses that a direct name has.</summary>
    public void NoteDirect(string name, ReadOnlySpan<byte> answer)
    {
        Span<HostAddress> addresses = new HostAddress[MaxAddresses];
        addresses = addresses[..DnsResponse.ReadAddresses(answer, addresses)];
        lock (_lock)
        {
            foreach (var address in addresses)
            {
                if (!_direct.ContainsKey(address))
                {
                    if (_directByAge.Count >= MaxDirect)
                        _direct.Remove(_directByAge.Dequeue());
                    _directByAge.Enqueue(address);
                }

                _direct[address] = name;
            }
        }
    }

    private const int MaxDirect = 4096;
    private const int MaxAddresses = 16;
}
