using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Karez.EndToEnd.World;

/// <summary>Where uploads end: takes HTTP/1.1 bodies with a Content-Length, and answers with how much came.</summary>
internal static class UploadSink
{
    public const int Port = 9009;

    public static int Run()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
        listener.Listen(512);
        while (true)
        {
            var caller = listener.Accept();
            new Thread(() => Serve(caller)) { IsBackground = true }.Start();
        }
    }

    private static void Serve(Socket caller)
    {
        using var _ = caller;
        var block = new byte[256 << 10];
        var filled = 0;
        int end;
        while ((end = block.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = filled < block.Length ? caller.Receive(block.AsSpan(filled)) : 0;
            if (read == 0)
                return;
            filled += read;
        }

        var head = Encoding.ASCII.GetString(block, 0, end);
        var line = head.Split("\r\n").FirstOrDefault(
            field => field.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase));
        var length = line is null ? 0 : long.Parse(line[15..], CultureInfo.InvariantCulture);
        long got = filled - end - 4;
        while (got < length)
        {
            var read = caller.Receive(block);
            if (read == 0)
                return;
            got += read;
        }

        var body = got.ToString(CultureInfo.InvariantCulture);
        caller.Send(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
