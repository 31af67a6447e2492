using System.Security.Cryptography.X509Certificates;
using Karez.Cli.Commands;
using Karez.Cli.Running;
using Karez.Client;
using Karez.Config;
using Karez.Net.Loops;
using Karez.Server;
using Karez.Server.State;

namespace Karez.Cli.Trying;

/// <summary>Everything on this one machine: a site, a node in front of it, a wire, a client.</summary>
internal sealed class TryBed : IAsyncDisposable
{
    /// <summary>The site's public name: what an observer sees.</summary>
    public const string SiteName = "www.karez-site.test";

    /// <summary>The name that pages are fetched by inside the channel; it resolves here, and must not show.</summary>
    public const string InnerName = "localhost";

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-try-").FullName;

    private TryBed()
    {
    }

    public SiteProcess Site { get; private set; } = null!;

    public Node Node { get; private set; } = null!;

    public Wiretap Wire { get; private set; } = null!;

    public LocalProxy Client { get; private set; } = null!;

    /// <summary>The link, as if the wire were the node.</summary>
    public string Link { get; private set; } = "";

    /// <summary>The site's private root.</summary>
    public X509Certificate2 Root { get; private set; } = null!;

    /// <summary>Starts one after the other.</summary>
    /// <param name="terminal">Where bugs are told.</param>
    /// <param name="listen">Where the client listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TryBed> StartAsync(Terminal terminal, string listen, CancellationToken cancellationToken)
    {
        var bed = new TryBed();
        try
        {
            await bed.StartAsync(new Bugs(terminal), listen, cancellationToken);
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
            await Client.DisposeAsync();
        if (Wire is not null)
            await Wire.DisposeAsync();
        if (Node is not null)
            await Node.DisposeAsync();
        if (Site is not null)
            await Site.DisposeAsync();
        Root?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(Bugs bugs, string listen, CancellationToken cancellationToken)
    {
        Site = await SiteProcess.StartAsync(
            Path.Combine(_folder, "site"), [SiteName, InnerName], cancellationToken);
        Root = X509CertificateLoader.LoadCertificateFromFile(Site.Root);
        var config = new NodeConfig(
            $"127.0.0.1:{Site.Https}", "127.0.0.1:0", SiteName, "127.0.0.1", AllowPrivate: true);
        var folder = StateFolder.Open(Path.Combine(_folder, "node"), create: true);
        var state = NodeState.Create(folder, config, "me", TimeProvider.System.GetUtcNow());
        Node = await Node.StartAsync(
            NodePlan.Compile(config, state.Keys, keysAreNew: true), state.Roster, TimeProvider.System, bugs.Note);
        Wire = new Wiretap(Node.Listening, bugs.Note);
        Link = NodeLinks.Of(state, state.Roster.People[0], new Endpoint("127.0.0.1", Wire.Port)).Format();
        Client = StartClient(bugs, listen);
    }

    private LocalProxy StartClient(Bugs bugs, string listen)
    {
        var problems = new List<Problem>();
        // The site's ports stand for 80 and 443: what the wire shows is what a page's visit looks like.
        var config = new ClientConfig([Link], listen, Answers: ClientConfig.EarlyAnswers);
        config.Check(problems);
        var start = problems.Count == 0 ? ClientStart.Compile(config, folder: null, problems) : null;
        if (start is null)
            throw new CommandException([.. problems.Select(ConnectCommand.AsOption)], ExitCode.WrongUse);
        try
        {
            return LocalProxy.Start(start.Plan, start.Profile, TimeProvider.System, bugs.Note);
        }
        catch (ListenException e)
        {
            throw ListenTrouble.Of(e, listen);
        }
    }
}
