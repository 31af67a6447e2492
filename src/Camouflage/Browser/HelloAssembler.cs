using System.Net;
using System.Text;
using Karez.Crypto;
using Karez.Wire;

namespace Karez.Camouflage.Browser;

/// <summary>Writes one hello: holds what is drawn once for all of it.</summary>
internal sealed class HelloAssembler
{
    private const byte ClientHello = 1;
    private const int MlKemSeed = 64;

    private readonly BrowserProfile _profile;
    private readonly IEntropy _entropy;
    private readonly IReadOnlyList<string> _alpn;
    private readonly byte[] _name;
    private readonly ushort[] _grease;
    private readonly KeyShare[] _shares;
    private readonly int _inventedTicket;

    public HelloAssembler(BrowserProfile profile, HelloRequest request, IEntropy entropy)
    {
        _profile = profile;
        _entropy = entropy;
        _alpn = request.Alpn ?? profile.Alpn;
        _name = NameOctets(request.ServerName);
        _grease = DrawGrease();
        _shares = TakeShares(profile, request.KeyShares, entropy);
        _inventedTicket = request.Ticket is null ? request.InventedTicket : 0;
    }

    /// <summary>The key shares of the hello, in the order offered.</summary>
    public IReadOnlyList<KeyShare> KeyShares => _shares;

    /// <summary>Writes the message with its handshake header; called once.</summary>
    public void Write(ref WireWriter writer)
    {
        var order = DrawOrder();
        writer.WriteUInt8(ClientHello);
        var message = writer.OpenVector24();
        WriteTemplate(ref writer, _profile.Head);
        var extensions = writer.OpenVector16();
        foreach (var index in order)
            WriteExtension(ref writer, _profile.Extensions[index]);
        if (_inventedTicket > 0)
            InventedTicket.Write(ref writer, _inventedTicket, _entropy);
        writer.Close(extensions);
        writer.Close(message);
    }

    private static byte[] NameOctets(string name)
    {
        if (name.Length == 0 || IPAddress.TryParse(name, out _))
            return [];
        if (name.Length > HelloRequest.MaxName || !Ascii.IsValid(name))
            throw new ArgumentException("A server name is at most 255 ASCII characters.", nameof(name));
        return Encoding.ASCII.GetBytes(name);
    }

    private ushort[] DrawGrease()
    {
        var values = new ushort[_profile.GreaseCount];
        Span<byte> seeds = stackalloc byte[values.Length];
        _entropy.Fill(seeds);
        for (var i = 0; i < values.Length; i++)
            values[i] = (ushort)(0x0101 * ((seeds[i] & 0xF0) | 0x0A));
        var types = _profile.Extensions.Select(e => e.Type).Where(type => type.Kind == TemplateOpKind.Grease).ToArray();
        if (types is [var first, var second] && values[first.Numbers[0]] == values[second.Numbers[0]])
            values[second.Numbers[0]] ^= 0x1010;
        return values;
    }

    /// <summary>The profile's shares: those that are ready, and new ones for the rest.</summary>
    private static KeyShare[] TakeShares(BrowserProfile profile, IReadOnlyList<KeyShare> ready, IEntropy entropy)
    {
        var shares = new KeyShare[profile.KeyShares.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            var group = profile.KeyShares[i];
            shares[i] = ready.FirstOrDefault(share => share.Group == group)
                ?? Generate(profile, group, shares, ready, entropy);
        }

        return shares;
    }

    private static KeyShare Generate(
        BrowserProfile profile, NamedGroup group, KeyShare[] earlier, IReadOnlyList<KeyShare> ready, IEntropy entropy)
    {
        if (!profile.SharesX25519Key || group is not (NamedGroup.X25519 or NamedGroup.X25519MLKEM768))
            return KeyShare.Generate(group, entropy);
        var made = earlier.Concat(ready).Where(share => share is not null).ToArray();
        if (group == NamedGroup.X25519 && made.OfType<HybridKeyShare>().FirstOrDefault() is { } first)
            return new X25519KeyShare(first);
        Span<byte> key = stackalloc byte[X25519.KeySize];
        if (made.OfType<HybridKeyShare>().FirstOrDefault() is { } hybrid)
            hybrid.X25519PrivateKey.CopyTo(key);
        else if (made.OfType<X25519KeyShare>().FirstOrDefault() is { } plain)
            plain.PrivateKey.CopyTo(key);
        else
            entropy.Fill(key);
        if (group == NamedGroup.X25519)
            return new X25519KeyShare(key);
        Span<byte> seed = stackalloc byte[MlKemSeed];
        entropy.Fill(seed);
        return new HybridKeyShare(seed, key);
    }

    private int[] DrawOrder()
    {
        var present = new List<int>();
        for (var i = 0; i < _profile.Extensions.Length; i++)
        {
            if (Has(_profile.Extensions[i].When) && !(_alpn.Count == 0 && IsAlpn(_profile.Extensions[i])))
                present.Add(i);
        }

        if (!_profile.Permuted)
            return [.. present];
        var movable = present.Where(Movable).ToArray();
        _entropy.Shuffle(movable.AsSpan());
        var next = 0;
        return [.. present.Select(index => Movable(index) ? movable[next++] : index)];
    }

    private bool Movable(int index) => _profile.Extensions[index].Place == ExtensionPlace.Movable;

    private static bool IsAlpn(ExtensionTemplate extension) =>
        extension.Body.Any(op => op.Kind == TemplateOpKind.Alpn);

    private bool Has(ExtensionNeed need) => need switch
    {
        ExtensionNeed.Named => _name.Length > 0,
        ExtensionNeed.H2 => _alpn.Contains("h2"),
        _ => true,
    };

    private void WriteExtension(ref WireWriter writer, ExtensionTemplate extension)
    {
        WriteOp(ref writer, extension.Type);
        var body = writer.OpenVector16();
        WriteTemplate(ref writer, extension.Body);
        writer.Close(body);
    }

    private void WriteTemplate(ref WireWriter writer, TemplateOp[] template)
    {
        var open = new Stack<WireWriter.Vector>();
        foreach (var op in template)
        {
            switch (op.Kind)
            {
                case TemplateOpKind.Open8:
                    open.Push(writer.OpenVector8());
                    break;
                case TemplateOpKind.Open16:
                    open.Push(writer.OpenVector16());
                    break;
                case TemplateOpKind.Open24:
                    open.Push(writer.OpenVector24());
                    break;
                case TemplateOpKind.Close:
                    writer.Close(open.Pop());
                    break;
                default:
                    WriteOp(ref writer, op);
                    break;
            }
        }
    }

    private void WriteOp(ref WireWriter writer, TemplateOp op)
    {
        switch (op.Kind)
        {
            case TemplateOpKind.Literal:
                writer.WriteBytes(op.Choices[0]);
                break;
            case TemplateOpKind.OneOf:
                writer.WriteBytes(op.Choices[_entropy.Below(op.Choices.Length)]);
                break;
            case TemplateOpKind.Grease:
                writer.WriteUInt16(_grease[op.Numbers[0]]);
                break;
            case TemplateOpKind.Random:
                WriteRandom(ref writer, op.Numbers);
                break;
            case TemplateOpKind.Name:
                writer.WriteBytes(_name);
                break;
            case TemplateOpKind.Alpn:
                WriteAlpn(ref writer);
                break;
            case TemplateOpKind.Share:
                WriteShare(ref writer, (NamedGroup)op.Numbers[0]);
                break;
            case TemplateOpKind.PublicKey:
                WritePublicKey(ref writer);
                break;
        }
    }

    private void WriteRandom(ref WireWriter writer, int[] lengths)
    {
        var length = lengths.Length == 1 ? lengths[0] : lengths[_entropy.Below(lengths.Length)];
        var octets = new byte[length];
        _entropy.Fill(octets);
        writer.WriteBytes(octets);
    }

    private void WriteAlpn(ref WireWriter writer)
    {
        foreach (var name in _alpn)
        {
            var vector = writer.OpenVector8();
            writer.WriteBytes(Encoding.ASCII.GetBytes(name));
            writer.Close(vector);
        }
    }

    private void WriteShare(ref WireWriter writer, NamedGroup group)
    {
        var share = _shares.First(candidate => candidate.Group == group);
        writer.WriteUInt16((ushort)group);
        var key = writer.OpenVector16();
        writer.WriteBytes(share.PublicShare);
        writer.Close(key);
    }

    // Random octets would do only half of the time: the other half is no X coordinate on the curve, and shows it.
    private void WritePublicKey(ref WireWriter writer)
    {
        var privateKey = new byte[X25519.KeySize];
        var publicKey = new byte[X25519.KeySize];
        _entropy.Fill(privateKey);
        X25519.DerivePublicKey(privateKey, publicKey);
        writer.WriteBytes(publicKey);
    }
}
