using System.Buffers.Binary;
using Karez.Camouflage.Reality;
using Karez.Net.Tunnel;

namespace Karez.Net.Tests.Tunnel;

public class SharedHelloMemoryTests
{
    [Fact]
    public void Loops_that_ask_at_once_let_each_hello_in_once()
    {
        const int hellos = 50_000, loops = 4;
        var memory = new SharedHelloMemory(new HelloMemory(90, hellos, 0));
        foreach (var now in new[] { 1000, 1100, 1200 })
        {
            var admitted = 0;
            var threads = Enumerable.Range(0, loops).Select(_ => new Thread(() =>
            {
                var id = new byte[32];
                for (var i = 0; i < hellos; i++)
                {
                    BinaryPrimitives.WriteInt32BigEndian(id, i);
                    if (memory.Admit(id, now, now) == RealityFault.None)
                        Interlocked.Increment(ref admitted);
                }
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
            Assert.Equal(hellos, admitted);
            Assert.Equal(hellos, memory.Count);
        }
    }
}
