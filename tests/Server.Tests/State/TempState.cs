using Karez.Config;
using Karez.Server.State;

namespace Karez.Server.Tests.State;

/// <summary>A state folder of its own, removed with everything in it.</summary>
public abstract class TempState : IDisposable
{
    protected static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    protected TempState() => Folder = StateFolder.Open(
        Path.Combine(Directory.CreateTempSubdirectory("karez-state-").FullName, "state"), create: true);

    protected StateFolder Folder { get; }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected static NodeConfig Config { get; } = new("www.example.com:443", Address: "203.0.113.7");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Path.GetDirectoryName(Folder.Path)!, recursive: true);
    }

    protected static StateException Refused(Action action) => Assert.Throws<StateException>(action);
}
