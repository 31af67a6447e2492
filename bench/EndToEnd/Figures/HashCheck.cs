using System.Security.Cryptography;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>Fetches a file by a tool and compares its SHA-256: what is fast must also be right.</summary>
internal static class HashCheck
{
    public static async Task RunAsync(BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var path = Path.Combine(world.Folder, "hashed");
        foreach (var https in new[] { false, true })
        {
            await BenchWorld.RunAsync(
                tool.UsedAt(world),
                ["curl", "-sk", "--fail", "-m", "60", "-o", path, .. tool.Way.CurlWords, tool.Way.Url(https, "64m")],
                cancellationToken);
            if (!Hash(path).SequenceEqual(Hash(Path.Combine(world.Folder, "www", "64m"))))
                throw new BenchException("the file came out wrong");
            File.Delete(path);
        }
    }

    private static byte[] Hash(string path)
    {
        using var file = File.OpenRead(path);
        return SHA256.HashData(file);
    }
}
