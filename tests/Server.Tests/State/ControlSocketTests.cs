using System.Net.Sockets;
using Karez.Net.Local;
using Karez.Server.State;

namespace Karez.Server.Tests.State;

public sealed class ControlSocketTests : TempState
{
    private static readonly NodeStatus Status = new(Now, "[::]:443", "www.example.com:443", 3, 20, 1024, [], []);

    [Fact]
    public async Task A_running_node_says_how_it_is_and_reads_again()
    {
        var reloads = 0;
        await using var served = ControlSocket.Serve(Folder, () => Status, _ =>
        {
            reloads++;
            return ValueTask.FromResult<string?>(null);
        });
        Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(Folder.FileOf(ControlSocket.Name)));
        var answer = await ControlSocket.StatusAsync(Folder, Stop);
        Assert.Equal(3, answer!.Status!.Connections);
        Assert.True((await ControlSocket.ReloadAsync(Folder, Stop))!.Ok);
        Assert.Equal(1, reloads);
    }

    [Fact]
    public async Task What_a_reload_found_wrong_is_said()
    {
        await using var served = ControlSocket.Serve(
            Folder, () => Status, _ => ValueTask.FromResult<string?>("roster.json is torn"));
        var answer = await ControlSocket.ReloadAsync(Folder, Stop);
        Assert.False(answer!.Ok);
        Assert.Equal("roster.json is torn", answer.What);
    }

    [Fact]
    public async Task Without_a_running_node_there_is_no_answer()
    {
        Assert.Null(await ControlSocket.StatusAsync(Folder, Stop));
        await using (ControlSocket.Serve(Folder, () => Status, _ => ValueTask.FromResult<string?>(null)))
        {
        }

        Assert.False(File.Exists(Folder.FileOf(ControlSocket.Name)));
        Assert.Null(await ControlSocket.StatusAsync(Folder, Stop));
    }

    [Fact]
    public async Task The_socket_of_a_process_that_died_is_replaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(Folder.FileOf("dead.sock")));
            // Closing removes the name that was bound; a process that is killed leaves it.
            File.Move(Folder.FileOf("dead.sock"), Folder.FileOf(ControlSocket.Name));
        }

        Assert.True(File.Exists(Folder.FileOf(ControlSocket.Name)));
        Assert.Null(await ControlSocket.StatusAsync(Folder, Stop));
        await using var served = ControlSocket.Serve(Folder, () => Status, _ => ValueTask.FromResult<string?>(null));
        Assert.NotNull(await ControlSocket.StatusAsync(Folder, Stop));
    }

    [Fact]
    public async Task Other_words_are_answered_with_no()
    {
        await using var served = ControlSocket.Serve(Folder, () => Status, _ => ValueTask.FromResult<string?>(null));
        var path = Folder.FileOf(ControlSocket.Name);
        var answer = await LocalCall.AskAsync(path, "karez 9 stop", TimeSpan.FromSeconds(5), Stop);
        Assert.Contains("\"ok\":false", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_user_gets_no_answer_even_where_the_folder_lets_him_in()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can ask as somebody else");
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is missing: apt-get install -y curl");
        await using var served = ControlSocket.Serve(Folder, () => Status, _ => ValueTask.FromResult<string?>(null));
        var path = Folder.FileOf(ControlSocket.Name);
        const UnixFileMode All = (UnixFileMode)0b111_111_111;
        foreach (var opened in (string[])[path, Folder.Path, Path.GetDirectoryName(Folder.Path)!])
            File.SetUnixFileMode(opened, All);

        // curl's first line is a question in words that are not known: whoever is heard is told so
        string[] curl = ["curl", "-sS", "--http0.9", "--max-time", "10", "--unix-socket", path, "http://x/"];
        Assert.Contains("does not know these words", (await RunAsync(curl)).Said, StringComparison.Ordinal);
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. curl];
        var (code, said) = await RunAsync(nobody);
        Assert.Equal("", said);
        // Empty reply, reset with the question unread, or reset before curl had looked at its new connection.
        Assert.Contains(code, new[] { 52, 56, 7 });
        Assert.NotNull(await ControlSocket.StatusAsync(Folder, Stop));
    }

    private static async Task<(int Code, string Said)> RunAsync(string[] words)
    {
        using var program = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!;
        var said = await program.StandardOutput.ReadToEndAsync(Stop);
        await program.WaitForExitAsync(Stop);
        return (program.ExitCode, said);
    }

    [Fact]
    public async Task A_question_without_end_is_not_answered_and_the_next_one_is()
    {
        await using var served = ControlSocket.Serve(Folder, () => Status, _ => ValueTask.FromResult<string?>(null));
        var path = Folder.FileOf(ControlSocket.Name);
        Assert.Null(await LocalCall.AskAsync(path, new string('x', 100_000), TimeSpan.FromSeconds(5), Stop));
        Assert.NotNull(await ControlSocket.StatusAsync(Folder, Stop));
    }

    [Fact]
    public void A_path_too_long_for_a_socket_is_told()
    {
        var deep = StateFolder.Open(Path.Combine(Folder.Path, new string('d', 100)), create: true);
        var refused = Refused(() => ControlSocket.Serve(deep, () => Status, _ => ValueTask.FromResult<string?>(null)));
        Assert.Contains("shorter --state", refused.Problems[0].Hint, StringComparison.Ordinal);
    }
}
