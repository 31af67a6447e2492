using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Karez.Site;

/// <summary>What the site is told on its command line.</summary>
internal sealed class SiteOptions
{
    public const string Usage =
        """
        usage: karez-site [--listen ADDRESS:PORT] [--http ADDRESS:PORT] [--host NAME]... [--state DIR]
                          [--leaf ecdsa|rsa] [--chain FILE --key FILE] [--lifeline]
          --listen    where TLS is served; port 0 takes any (default 127.0.0.1:0)
          --http      where plain HTTP is served too (default: nowhere)
          --host      a name on the certificate, the first being its subject (default site.example)
          --state     where the certificates are kept (default: a folder of its own, removed at the end)
          --leaf      the kind of the certificate's key (default ecdsa)
          --chain     a chain in PEM, leaf first, in place of one made on the spot; with --key
          --lifeline  ends when standard input does
        When it serves, it prints one line of JSON: its ports and the file of its root certificate.
        """;

    public IPEndPoint Listen { get; private set; } = new(IPAddress.Loopback, 0);

    public IPEndPoint? Http { get; private set; }

    public List<string> Hosts { get; } = [];

    public string? State { get; private set; }

    public bool RsaLeaf { get; private set; }

    public string? Chain { get; private set; }

    public string? Key { get; private set; }

    public bool Lifeline { get; private set; }

    public static bool TryParse(
        string[] args, [NotNullWhen(true)] out SiteOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = new SiteOptions();
        problem = null;
        for (var i = 0; i < args.Length && problem is null; i++)
        {
            if (args[i] == "--lifeline")
                options.Lifeline = true;
            else if (i + 1 == args.Length)
                problem = $"{args[i]} is unknown, or lacks its value";
            else
                problem = options.Set(args[i], args[++i]);
        }

        if (problem is null && options.Chain is null != options.Key is null)
            problem = "--chain and --key belong together";
        if (options.Hosts.Count == 0)
            options.Hosts.Add("site.example");
        return problem is null;
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "--listen" or "--http":
                if (!IPEndPoint.TryParse(value, out var endpoint))
                    return $"{name}: {value} is not ADDRESS:PORT";
                if (name == "--listen")
                    Listen = endpoint;
                else
                    Http = endpoint;
                return null;
            case "--host" when Uri.CheckHostName(value) is UriHostNameType.Dns:
                Hosts.Add(value);
                return null;
            case "--state":
                State = value;
                return null;
            case "--leaf" when value is "ecdsa" or "rsa":
                RsaLeaf = value == "rsa";
                return null;
            case "--chain":
                Chain = value;
                return null;
            case "--key":
                Key = value;
                return null;
            default:
                return $"{name} {value} cannot be done";
        }
    }
}
