using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Karez.Interop.Harness;

/// <summary>
/// A small HTTP/1.1 origin on 127.0.0.1. GET /bytes/N answers N octets that depend on their place; POST answers the
/// SHA-256 of the body. One request a connection.
/// </summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public Origin()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What GET /bytes/N answers.</summary>
    public static byte[] Body(int length)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
            body[i] = (byte)((i * 31) ^ (i >> 8));
        return body;
    }

    /// <summary>SHA-256 of that, in lower case.</summary>
    public static string SumOfBody(int length) => Sum(Body(length));

    /// <summary>SHA-256 in lower case.</summary>
    public static string Sum(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(SHA256.HashData(octets));

    /// <summary>The request for /bytes/N.</summary>
    public static byte[] Request(int length) =>
        Encoding.ASCII.GetBytes($"GET /bytes/{length} HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n");

    /// <summary>The body of a whole response.</summary>
    public static byte[] BodyOf(ReadOnlySpan<byte> response)
    {
        var end = response.IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "no response: " + Convert.ToHexString(response[..Math.Min(64, response.Length)]));
        return response[(end + 4)..].ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        List<Task> running = [];
        try
        {
            while (true)
                running.Add(AnswerAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (SocketException)
        {
            // The listener was stopped.
        }
        finally
        {
            await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var stream = client.GetStream();
                using var reader = new BufferedStream(stream);
                var first = await ReadLineAsync(reader);
                var length = 0L;
                for (var line = first; line.Length > 0; line = await ReadLineAsync(reader))
                {
                    if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                        length = long.Parse(line.AsSpan(15), CultureInfo.InvariantCulture);
                }

                var body = first.StartsWith("POST ", StringComparison.Ordinal)
                    ? Encoding.ASCII.GetBytes(await SumOfAsync(reader, length))
                    : Body(int.Parse(first.Split('/', ' ')[3], CultureInfo.InvariantCulture));
                var head = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await stream.WriteAsync(body);
            }
            catch (Exception exception) when (exception is IOException or SocketException or FormatException
                or IndexOutOfRangeException)
            {
                // A probe that connected and left, or a peer that ended first: the test judges what the peer saw.
            }
        }
    }

    private static async Task<string> SumOfAsync(Stream stream, long length)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[65_536];
        while (length > 0)
        {
            var got = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)));
            if (got == 0)
                throw new EndOfStreamException();
            sum.AppendData(buffer, 0, got);
            length -= got;
        }

        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    private static async Task<string> ReadLineAsync(BufferedStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1 && one[0] != '\n')
        {
            if (one[0] != '\r')
                line.Append((char)one[0]);
        }

        return line.ToString();
    }
}
