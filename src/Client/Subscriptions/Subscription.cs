using System.Security.Cryptography;
using System.Text;
using Karez.Config;
using Karez.Config.Links;

namespace Karez.Client.Subscriptions;

/// <summary>One subscription: what is kept of it, and whether something newer is to be taken.</summary>
public sealed class Subscription
{
    private readonly byte[]? _key;
    private readonly string? _path;
    private byte[] _kept = [];

    /// <summary>Reads what is kept.</summary>
    /// <param name="config">What was written, checked.</param>
    /// <param name="folder">The state folder; null keeps nothing.</param>
    public Subscription(SubscriptionConfig config, string? folder)
    {
        ArgumentNullException.ThrowIfNull(config);
        Urls = [.. config.Urls.Select(url => new Uri(url))];
        Span<byte> key = stackalloc byte[32];
        _key = config.TryDecodeKey(key) ? key.ToArray() : null;
        if (folder is null)
            return;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [config.Key ?? "", .. config.Urls])));
        _path = Path.Combine(folder, "subscriptions", Convert.ToHexString(name.AsSpan(0, 8)));
        try
        {
            // It is judged as if it came from the network: the disk may be another's work.
            if (File.Exists(_path) && new FileInfo(_path).Length <= LinkList.MaxLength
                && Judge(File.ReadAllBytes(_path), out var list) == SubscriptionVerdict.Taken)
                (_kept, Links) = (File.ReadAllBytes(_path), list.Links);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is fetched anew.
        }
    }

    /// <summary>Where it is to be had.</summary>
    public IReadOnlyList<Uri> Urls { get; }

    /// <summary>The links of the kept one.</summary>
    public IReadOnlyList<VlessLink> Links { get; private set; } = [];

    /// <summary>Takes what was fetched, or refuses it; then what is kept stays.</summary>
    public SubscriptionVerdict Take(byte[] octets)
    {
        ArgumentNullException.ThrowIfNull(octets);
        var verdict = Judge(octets, out var list);
        if (verdict != SubscriptionVerdict.Taken)
            return verdict;
        (_kept, Links) = (octets, list.Links);
        Write(octets);
        return verdict;
    }

    private SubscriptionVerdict Judge(byte[] octets, out LinkList list)
    {
        list = new LinkList([], 0);
        if (octets.AsSpan().SequenceEqual(_kept))
            return SubscriptionVerdict.Same;
        if (_key is null)
        {
            // Of a bundle the first, second and last lines are no links, and are passed over.
            list = LinkList.Read(octets);
        }
        else
        {
            if (SignedBundle.Read(octets, _key) is not { } bundle)
                return SubscriptionVerdict.NotSigned;
            if (SignedBundle.Read(_kept, _key) is { } kept && bundle.Serial <= kept.Serial)
                return SubscriptionVerdict.Older;
            list = bundle.List;
        }

        return list.Links.Count == 0 ? SubscriptionVerdict.Empty : SubscriptionVerdict.Taken;
    }

    private void Write(byte[] octets)
    {
        if (_path is null)
            return;
        try
        {
            Directory.CreateDirectory(
                Path.GetDirectoryName(_path) ?? "/",
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }

        // A full disk: it is used until the end, and fetched again at the next start.
        PrivateFile.TryReplace(_path, file => file.Write(octets));
    }
}
