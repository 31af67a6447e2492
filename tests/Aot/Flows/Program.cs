using Karez.Aot.Flows;
using Karez.Net.Loops;

// What flows do in native code. Prints one line a fact; the word says which.
await using var loops = new LoopGroup(1, TimeProvider.System, exception => Console.WriteLine($"bug {exception}"));
var loop = loops.Loops[0];
switch (args)
{
    case ["frames"]:
        Console.WriteLine($"frames {Frames.Measure(10_000)}");
        break;
    case ["relay"]:
        Console.WriteLine($"relay {await loop.RunAsync(() => Relays.MeasureAsync(loop, 400_000_000))}");
        break;
    case ["reset"]:
        Console.WriteLine($"reset {await loop.RunAsync(() => Relays.ResetAsync(loop))}");
        break;
    case ["pipes", var flows]:
        Console.WriteLine($"pipes {await loop.RunAsync(() => Relays.ManyAsync(loop, int.Parse(flows)))}");
        break;
    default:
        return 64;
}

return 0;
