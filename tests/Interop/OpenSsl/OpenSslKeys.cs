namespace Karez.Interop.OpenSsl;

/// <summary>Self-signed certificates made by the program itself.</summary>
internal static class OpenSslKeys
{
    public static (string Certificate, string Key) Make(string folder, string kind)
    {
        var certificate = Path.Combine(folder, $"{kind}.crt");
        var key = Path.Combine(folder, $"{kind}.key");
        if (File.Exists(certificate))
            return (certificate, key);
        string[] algorithm = kind switch
        {
            "rsa" => ["rsa:2048"],
            "ed25519" => ["ed25519"],
            "p384" => ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "p521" => ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
            _ => ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        };
        using var program = OpenSslProgram.Start(
            [
                "req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=example.com", "-keyout", key, "-out",
                certificate, "-newkey", .. algorithm,
            ]);
        Assert.Equal(0, program.WaitForExit());
        return (certificate, key);
    }
}
