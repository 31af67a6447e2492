using System.Runtime.CompilerServices;
using Karez.Guard.Switch;

namespace Karez.Guard.Tests.Switch;

/// <summary>The state machine is the one that the guide shows, and it lets nothing out that it should not.</summary>
public class SwitchMachineTests
{
    private static readonly string[] s_guide =
        File.ReadAllLines(Path.Combine(Here(), "../../../docs/guide/device.md"));

    [Fact]
    public void The_guide_lists_what_each_state_lets_pass_as_the_program_does()
    {
        var head = Cells(s_guide.Single(line => line.StartsWith("| state |", StringComparison.Ordinal)));
        var passages = head.Skip(2).Select(word => Enum.Parse<Passages>(word, ignoreCase: true)).ToArray();
        Assert.Equal(Enum.GetValues<Passages>().Where(p => p != Passages.None).Order(), passages.Order());
        foreach (var state in Enum.GetValues<SwitchState>())
        {
            var row = Cells(s_guide.Single(line => line.StartsWith(
                $"| {state.ToString().ToLowerInvariant()} | ", StringComparison.Ordinal)
                && Cells(line).Length == head.Length));
            for (var i = 0; i < passages.Length; i++)
            {
                var expected = state != SwitchState.Off && passages[i] == Passages.Local ? "asked"
                    : SwitchMachine.Allowed[state].HasFlag(passages[i]) ? "yes" : "no";
                Assert.True(expected == row[i + 2], $"{state}, {passages[i]}: {row[i + 2]}");
            }
        }
    }

    [Fact]
    public void The_guide_lists_every_step_and_no_other()
    {
        var written = s_guide.SkipWhile(line => !line.StartsWith("| from |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(Cells)
            .Select(row => ((Parse<SwitchState>(row[0]), Parse<SwitchEvent>(row[1])), Parse<SwitchState>(row[2])))
            .ToDictionary(step => step.Item1, step => step.Item2);
        Assert.Equal(SwitchMachine.Steps.ToDictionary(), written);
    }

    [Fact]
    public void Only_off_and_paused_let_unmarked_packets_out() => Assert.All(
        SwitchMachine.Allowed,
        allowed => Assert.Equal(
            allowed.Key is SwitchState.Off or SwitchState.Paused, allowed.Value.HasFlag(Passages.Unmarked)));

    [Fact]
    public void Death_never_opens_and_only_undoing_everything_switches_off()
    {
        foreach (var ((from, what), to) in SwitchMachine.Steps)
        {
            if (what == SwitchEvent.Died)
                Assert.Equal(SwitchState.Held, to);
            if (to == SwitchState.Off)
                Assert.Equal((SwitchState.Stopping, SwitchEvent.Undone), (from, what));
        }

        Assert.All(
            Enum.GetValues<SwitchState>().Except([SwitchState.Off, SwitchState.Held]),
            state => Assert.True(SwitchMachine.Steps.ContainsKey((state, SwitchEvent.Died)), state.ToString()));
    }

    [Fact]
    public void An_event_that_a_state_does_not_know_changes_nothing()
    {
        var machine = new SwitchMachine(SwitchState.Off);
        Assert.False(machine.TryTake(SwitchEvent.Answered));
        Assert.False(machine.TryTake(SwitchEvent.Pause));
        Assert.Equal(SwitchState.Off, machine.State);
        Assert.True(machine.TryTake(SwitchEvent.Start));
        Assert.Equal(SwitchState.Starting, machine.State);
    }

    private static T Parse<T>(string word) where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    private static string[] Cells(string line) =>
        line.Split('|', StringSplitOptions.TrimEntries)[1..^1];

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
