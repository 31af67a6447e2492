using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Karez.Sys;

namespace Karez.Beds;

/// <summary>A network namespace of a bed.</summary>
public sealed class Machine
{
    private readonly List<MachineProcess> _processes = [];

    internal Machine(string name, string space)
    {
        Name = name;
        Namespace = space;
    }

    /// <summary>The name within the bed.</summary>
    public string Name { get; }

    /// <summary>The name that iproute2 knows.</summary>
    public string Namespace { get; }

    /// <summary>Runs ip in the machine, for routes, rules, qdiscs; gives what it printed.</summary>
    /// <exception cref="BedException">It failed.</exception>
    public string Ip(params IReadOnlyList<string> words) => Commands.Ip(["-n", Namespace, .. words]);

    /// <summary>Starts a program in the machine; it ends with the bed.</summary>
    /// <param name="program">Its path, or its name where PATH leads to it.</param>
    /// <param name="arguments">Its arguments.</param>
    public MachineProcess Start(string program, params IReadOnlyList<string> arguments)
    {
        // IpPath: without it there would be no machine.
        var process = new MachineProcess(Commands.IpPath!, ["netns", "exec", Namespace, program, .. arguments]);
        lock (_processes)
            _processes.Add(process);
        return process;
    }

    /// <summary>Runs a program in the machine to its end.</summary>
    /// <returns>Its exit code, and what it printed to both outputs.</returns>
    public async Task<(int Code, string Printed)> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var process = Start(program, arguments);
        var code = await process.WaitForExitAsync(cancellationToken);
        return (code, process.Printed);
    }

    /// <summary>
    /// Calls a function on a thread within the machine, to open sockets there: they stay in it wherever they are used.
    /// </summary>
    /// <param name="function">Opens, binds, listens; it must start no thread, task or pool work.</param>
    public T Enter<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!; // Set, or the exception is thrown.
        ExceptionDispatchInfo? wrong = null;
        var thread = new Thread(() =>
        {
            try
            {
                var entered = NetworkNamespace.Enter(Path.Combine(NamespaceName.Folder, Namespace));
                result = entered == 0 ? function() : throw new BedException($"{Namespace}: errno {-entered}");
            }
            catch (Exception exception)
            {
                wrong = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.UnsafeStart();
        thread.Join();
        wrong?.Throw();
        return result;
    }

    /// <summary>Begins to keep every packet that passes in this machine, loopback too, in either direction.</summary>
    public Capture StartCapture() => new(this);

    /// <summary>The numbers of all processes that run in the machine.</summary>
    public IReadOnlyList<int> ProcessIds() =>
    [
        .. Commands.Ip("netns", "pids", Namespace).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
    ];

    internal void BringUp(string link, bool offloads, params ReadOnlySpan<string> addresses)
    {
        foreach (var address in addresses)
        {
            var noDuplicates = address.Contains(':', StringComparison.Ordinal) ? (string[])["nodad"] : [];
            Ip(["address", "add", address, "dev", link, .. noDuplicates]);
        }

        Ip("link", "set", link, "up");
        if (offloads)
            return;
        var result = Enter(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return Offloads.TurnOff((int)socket.Handle, link);
        });
        if (result < 0)
            throw new BedException($"{Namespace} {link}: offloads: errno {-result}");
    }

    /// <summary>Ends every program within, ours and their children.</summary>
    internal void EndPrograms()
    {
        lock (_processes)
        {
            foreach (var process in _processes)
                process.Dispose();
        }

        foreach (var id in ProcessIds())
        {
            try
            {
                using var left = Process.GetProcessById(id);
                left.Kill();
                left.WaitForExit(TimeSpan.FromSeconds(10));
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It ended by itself.
            }
        }
    }
}
