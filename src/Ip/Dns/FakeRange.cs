using Karez.Ip.Headers;

namespace Karez.Ip.Dns;

/// <summary>Where the fake addresses of one family are.</summary>
/// <param name="First">The address of number 0.</param>
/// <param name="Count">How many numbers there are.</param>
public readonly record struct FakeRange(HostAddress First, int Count)
{
    /// <summary>The address of a number.</summary>
    public HostAddress AddressOf(int number) => First.IsIPv6
        ? HostAddress.FromIPv6(First.Number + (UInt128)number)
        : HostAddress.FromIPv4((uint)First.Number + (uint)number);

    /// <summary>The number of an address; -1 when it is not of this range.</summary>
    public int NumberOf(HostAddress address)
    {
        if (address.IsIPv6 != First.IsIPv6 || address.Number < First.Number)
            return -1;
        var number = address.Number - First.Number;
        return number < (UInt128)Count ? (int)number : -1;
    }
}
