using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

/// <summary>The three servers that are borrowed.</summary>
internal static class Borrowed
{
    /// <summary>A target by its name; a missing package skips aloud, and fails where CI=true.</summary>
    public static Target Of(string name)
    {
        Require(name == "nginx", "nginx", "nginx-light");
        // visits are made with it, whatever the target
        Require(true, "openssl", "openssl");
        return name switch
        {
            "nginx" => new NginxTarget(),
            "kestrel" => new KestrelTarget(),
            "s_server" => new SServerTarget(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such target"),
        };
    }

    private static void Require(bool needed, string program, string package)
    {
        if (!needed || ChildProcess.Find(program) is not null)
            return;
        var what = $"{program} is missing: apt-get install -y --no-install-recommends {package}";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(what);
        Assert.Skip(what);
    }
}
