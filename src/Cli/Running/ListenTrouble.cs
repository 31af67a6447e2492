using Karez.Net.Loops;

namespace Karez.Cli.Running;

/// <summary>Why an address could not be listened on, in two lines.</summary>
internal static class ListenTrouble
{
    public static CommandException Of(ListenException exception, string listen) => exception.Fault switch
    {
        ListenFault.InUse => new(
            $"something else listens on {listen}", "stop it (ss -ltnp shows what it is), or give another --listen"),
        ListenFault.NotPermitted => new(
            $"no permission to listen on {listen}",
            "ports below 1024 are root's: run it as root, or setcap cap_net_bind_service+ep, or give another --listen"),
        ListenFault.NoSuchAddress => new(
            $"this machine has no address {listen}", "ip address lists them; [::]:443 takes all"),
        ListenFault.NoDescriptors => new(
            "no descriptors are left", "raise the limit: ulimit -n, or LimitNOFILE= of the unit"),
        _ => new($"cannot listen on {listen} (error {exception.Errno})", "give another --listen"),
    };
}
