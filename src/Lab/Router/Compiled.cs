using System.Reflection;
using System.Runtime.CompilerServices;
using Karez.Sys;

namespace Karez.Lab.Router;

/// <summary>
/// Lets what the router's thread calls for every packet be compiled before the first one comes: it takes tens of
/// milliseconds, and they would be the first packets'.
/// </summary>
internal static class Compiled
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type[] s_types =
    [
        typeof(RouterThread), typeof(RouterCore), typeof(LinkModel), typeof(CarrierNat), typeof(LatencyTally),
        typeof(CaptureTap), typeof(Parcel), typeof(Ipv4Packet), typeof(Checksums), typeof(FlowKey),
        typeof(PacketBatch), typeof(PacketSocket), typeof(PriorityQueue<Parcel, (long, long)>),
        typeof(Dictionary<FlowKey, TimeSpan>), typeof(Dictionary<uint, Attachment>),
    ];

    /// <summary>Compiles it.</summary>
    public static void Ahead()
    {
        foreach (var type in s_types)
        {
            var arguments = type.GenericTypeArguments.Select(argument => argument.TypeHandle).ToArray();
            foreach (var method in type.GetMethods(Declared))
            {
                if (!method.IsAbstract && !method.ContainsGenericParameters)
                    RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments.Length > 0 ? arguments : null);
            }
        }
    }
}
