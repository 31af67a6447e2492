using Karez.Beds;
using Karez.Lab.Tools;

namespace Karez.Lab.Worlds;

/// <summary>A machine of a world with a folder of its own and its resolver.</summary>
public sealed class WorldHost
{
    // iproute2 has given the program a mount namespace of its own; what is laid over there is seen there only.
    private const string WithResolver = """
        at=$(readlink -m /etc/resolv.conf)
        if [ ! -e "$at" ]; then
            up=${at%/*}
            while [ ! -d "$up" ]; do up=${up%/*}; done
            [ "$up" = /etc ] && { echo "/etc/resolv.conf is missing here" >&2; exit 127; }
            mount -t tmpfs none "$up" && mkdir -p "${at%/*}" && : > "$at"
        fi
        mount --bind "$1" "$at" || exit 127
        shift
        exec "$@"
        """;

    private readonly string _resolver;
    private readonly List<IDisposable> _owned = [];

    internal WorldHost(Machine machine, IReadOnlyList<string> addresses, string folder, string resolver)
    {
        Machine = machine;
        Addresses = addresses;
        Folder = Directory.CreateDirectory(folder).FullName;
        _resolver = Path.Combine(Folder, "resolv.conf");
        File.WriteAllText(_resolver, $"nameserver {resolver}\noptions timeout:2 attempts:2\n");
    }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Its addresses.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>A folder for its files.</summary>
    public string Folder { get; }

    /// <summary>Starts a program that resolves names as this machine does.</summary>
    public MachineProcess Start(string program, params IReadOnlyList<string> arguments)
    {
        var path = Programs.Find(program) ?? program;
        return Machine.Start("/bin/sh", ["-c", WithResolver, "sh", _resolver, path, .. arguments]);
    }

    /// <summary>Runs a program to its end.</summary>
    public async Task<(int Code, string Printed)> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        var code = await process.WaitForExitAsync(cancellationToken);
        return (code, process.Printed);
    }

    /// <summary>Keeps something that holds the machine's sockets; it is disposed of with the world.</summary>
    public void Own(IDisposable holder) => _owned.Add(holder);

    internal void Release() => _owned.ForEach(holder => holder.Dispose());

    /// <summary>Writes a file into the folder, for its owner only, and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
