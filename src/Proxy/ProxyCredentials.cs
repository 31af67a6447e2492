using System.Security.Cryptography;
using System.Text;

namespace Karez.Proxy;

/// <summary>A name and a password that a local program must show; compared without telling where they differ.</summary>
public sealed class ProxyCredentials
{
    private readonly byte[] _user;
    private readonly byte[] _password;

    /// <summary>Takes a name and a password, each 1-255 octets of UTF-8 (RFC 1929); the name holds no colon.</summary>
    public ProxyCredentials(string user, string password)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(password);
        (_user, _password) = (Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(password));
        if (_user.Length is < 1 or > 255 || _password.Length is < 1 or > 255 || user.Contains(':'))
            throw new ArgumentException("a name and a password have 1 to 255 octets each, and a name has no colon");
    }

    /// <summary>True if both are right.</summary>
    public bool Match(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(user, _user)
        & CryptographicOperations.FixedTimeEquals(password, _password);

    /// <summary>The type's name, never the credentials.</summary>
    public override string ToString() => nameof(ProxyCredentials);
}
