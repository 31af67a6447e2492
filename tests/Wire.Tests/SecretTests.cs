namespace Karez.Wire.Tests;

public class SecretTests
{
    [Fact]
    public void Is_zero_after_dispose_and_never_printed()
    {
        var secret = new Secret([1, 2, 3]);
        Assert.True(secret.FixedTimeEquals([1, 2, 3]));
        Assert.Equal("Secret", $"{secret}");
        secret.Dispose();
        Assert.Equal([0, 0, 0], secret.Octets.ToArray());
    }
}
