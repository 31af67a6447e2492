namespace Karez.Sys.Tests;

public class PipesTests
{
    [Fact]
    public void Splice_moves_octets_from_socket_to_pipe_to_socket()
    {
        Assert.Equal(0, Sockets.OpenPair(out var near, out var far));
        Assert.Equal(0, Sockets.OpenPair(out var left, out var right));
        Assert.Equal(0, Pipes.Open(out var readEnd, out var writeEnd));
        Assert.True(Pipes.SetSize(writeEnd, 256 * 1024) >= 256 * 1024);
        Assert.Equal(-Errno.Again, Pipes.Splice(near, writeEnd, 65536, moreFollows: false));
        Assert.Equal(5, Sockets.Send(far, "hello"u8));
        Assert.Equal(5, Pipes.Splice(near, writeEnd, 65536, moreFollows: false));
        Assert.Equal(5, Pipes.Splice(readEnd, left, 65536, moreFollows: false));
        var buffer = new byte[16];
        Assert.Equal(5, Sockets.Receive(right, buffer));
        Assert.Equal("hello"u8, buffer.AsSpan(0, 5));
        Assert.Equal(0, Sockets.ShutdownWrite(far));
        Assert.Equal(0, Pipes.Splice(near, writeEnd, 65536, moreFollows: false));
        foreach (var descriptor in new[] { near, far, left, right, readEnd, writeEnd })
            Assert.Equal(0, Descriptors.Close(descriptor));
        Assert.Equal(-Errno.BadDescriptor, Descriptors.Close(near));
    }

    [Fact]
    public void Two_buffers_go_in_one_call_and_slots_take_them()
    {
        Assert.Equal(0, Sockets.OpenPair(out var near, out var far));
        Assert.Equal(9, Sockets.SendBoth(far, "head"u8, "-tail"u8));
        var buffer = new byte[20];
        Assert.Equal(9, Sockets.ReceiveSlots(near, buffer, offset: 1, length: 4, stride: 6, count: 3));
        Assert.Equal("\0head\0\0-tai\0\0l\0\0\0\0\0\0"u8, buffer);
        Assert.Equal(0, Descriptors.Close(far));
        Assert.Equal(0, Sockets.Receive(near, buffer));
        Assert.Equal(-Errno.BrokenPipe, Sockets.Send(near, "x"u8));
        Assert.Equal(0, Descriptors.Close(near));
    }
}
