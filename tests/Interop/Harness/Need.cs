namespace Karez.Interop.Harness;

/// <summary>What a test cannot run without: absent, it skips aloud, and fails where CI=true.</summary>
internal static class Need
{
    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    private static readonly Lazy<string> BuiltPeers = new(BuildPeers);

    /// <summary>A program of a Debian package.</summary>
    /// <returns>Its path.</returns>
    public static string Program(string name, string package) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? Missing($"{name} is missing: apt-get install -y --no-install-recommends {package}");

    /// <summary>One of our programs on other people's libraries; see peers/fetch.sh.</summary>
    /// <returns>Its path.</returns>
    public static string BuiltPeer(string name) =>
        BuiltPeers.Value.Length > 0
            ? Path.Combine(BuiltPeers.Value, "bin", name)
            : Missing("the pinned peers are missing: tests/Interop/peers/fetch.sh");

    /// <summary>Ends the test.</summary>
    private static string Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(what);
        Assert.Skip(what);
        return "";
    }

    /// <summary>Builds what is here to be built; empty when it was never fetched.</summary>
    private static string BuildPeers()
    {
        var script = Path.Combine(Repository(), "tests", "Interop", "peers", "build.sh");
        var (code, output) = Peer.RunAsync(script).GetAwaiter().GetResult();
        if (code == 3)
            return "";
        Assert.True(code == 0, output);
        return output.Trim().Split('\n')[^1];
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Karez.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Karez.slnx");
        return folder;
    }
}
