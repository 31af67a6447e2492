namespace Karez.Beds;

/// <summary>A set of machines that see only one another.</summary>
public sealed class Bed : IDisposable
{
    private const int MaxName = 12; // Our choice: link names are made of two machines' names and have 15 octets.
    private static readonly Lock s_making = new();
    private static int s_beds;

    private readonly List<Machine> _machines = [];
    private readonly int _number = Interlocked.Increment(ref s_beds);
    private int _links;
    private bool _disposed;

    /// <summary>Makes an empty bed, after removing what killed runs left.</summary>
    /// <exception cref="BedException">See <see cref="WhyNot"/>.</exception>
    public Bed()
    {
        if (WhyNot is { } reason)
            throw new BedException(reason);
        RemoveLeftovers();
    }

    /// <summary>What is missing here to make beds; null when nothing is.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess
            ? "network namespaces need root"
            : Commands.IpPath is null ? "ip is missing: apt-get install -y --no-install-recommends iproute2" : null;

    /// <summary>The machines, in the order made.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Makes a machine: a namespace of its own with nothing but its loopback, which is up.</summary>
    /// <param name="name">One to twelve lower-case letters and digits.</param>
    public Machine AddMachine(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (name.Length > MaxName || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)))
            throw new ArgumentException("One to twelve lower-case letters and digits.", nameof(name));
        if (_machines.Any(machine => machine.Name == name))
            throw new ArgumentException("There is one of this name.", nameof(name));
        var made = new Machine(name, NamespaceName.Make(_number, name));
        Commands.Ip("netns", "add", made.Namespace);
        _machines.Add(made);
        made.Ip("link", "set", "lo", "up");
        return made;
    }

    /// <summary>Joins two machines by a link, up and, as long as nothing else is said, with offloads off.</summary>
    /// <param name="one">One end.</param>
    /// <param name="oneAddress">Its address with its prefix length, for example 10.0.0.1/24; IPv6 as well.</param>
    /// <param name="other">The other end.</param>
    /// <param name="otherAddress">Its address.</param>
    /// <param name="offloads">Keeps them: for speed, where no capture shows packets as a wire carries them.</param>
    /// <returns>The interface's name, the same at both ends.</returns>
    public string Connect(
        Machine one, string oneAddress, Machine other, string otherAddress, bool offloads = false)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (!_machines.Contains(one) || !_machines.Contains(other) || one == other)
            throw new ArgumentException("A link joins two machines of one bed.");
        var name = $"veth{_links++}";
        one.Ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", other.Namespace);
        one.BringUp(name, offloads, oneAddress);
        other.BringUp(name, offloads, otherAddress);
        return name;
    }

    /// <summary>
    /// Joins a machine to another in which the link's end gets no address, for who reads frames there.
    /// </summary>
    /// <param name="machine">The machine.</param>
    /// <param name="addresses">Its addresses with their prefix lengths.</param>
    /// <param name="hub">Where frames are read.</param>
    /// <returns>The interface's name, the same at both ends.</returns>
    public string Plug(Machine machine, IReadOnlyList<string> addresses, Machine hub)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(hub);
        if (!_machines.Contains(machine) || !_machines.Contains(hub) || machine == hub)
            throw new ArgumentException("A link joins two machines of one bed.");
        var name = $"veth{_links++}";
        machine.Ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", hub.Namespace);
        machine.BringUp(name, offloads: false, [.. addresses]);
        hub.BringUp(name, offloads: false);
        return name;
    }

    /// <summary>
    /// Joins two machines by links over a distance: a machine of its own in between holds every frame for a while.
    /// </summary>
    /// <param name="one">One end.</param>
    /// <param name="oneAddress">Its address with its prefix length.</param>
    /// <param name="other">The other end.</param>
    /// <param name="otherAddress">Its address.</param>
    /// <param name="oneWay">How long each direction takes.</param>
    /// <returns>The names of both ends' interfaces, and the distance, which lasts until it is disposed.</returns>
    public (string One, string Other, Distance Distance) ConnectFar(
        Machine one, string oneAddress, Machine other, string otherAddress, TimeSpan oneWay)
    {
        ArgumentNullException.ThrowIfNull(one);
        var between = AddMachine($"far{_machines.Count}");
        var near = Plug(one, [oneAddress], between);
        var far = Plug(other, [otherAddress], between);
        return (near, far, new Distance(between, near, far, oneWay));
    }

    /// <summary>Ends the programs and removes the namespaces.</summary>
    /// <exception cref="BedException">A namespace could not be removed.</exception>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var machine in _machines)
            machine.EndPrograms();
        foreach (var machine in _machines)
            Commands.Ip("netns", "delete", machine.Namespace);
    }

    private static void RemoveLeftovers()
    {
        if (!Directory.Exists(NamespaceName.Folder))
            return;
        lock (s_making)
        {
            foreach (var path in Directory.GetFiles(NamespaceName.Folder).Where(
                path => NamespaceName.IsLeftover(Path.GetFileName(path))))
            {
                try
                {
                    new Machine("left", Path.GetFileName(path)).EndPrograms();
                    Commands.Ip("netns", "delete", Path.GetFileName(path));
                }
                catch (BedException)
                {
                    // Another run is at it, too.
                }
            }
        }
    }
}
