namespace Karez.Tls.Tests.Vectors;

/// <summary>RFC 8448 section 4, "Resumed 0-RTT Handshake", with section 3's ticket: as the RFC prints them.</summary>
internal static class Rfc8448Resumed
{
    public static readonly byte[] ClientPrivateKey = Hex.Read(
        "bff91188283846dd6a2134ef7180ca2b0b14fb10dce707b5098c0dddc813b2df");

    public static readonly byte[] SharedSecret = Hex.Read(
        "f44194756ff9ec9d25180635d66ea6824c6ab3bf179977be37f723570e7ccb2e");

    public const string Psk = "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3";
    public const string ClientHandshakeSecret = "2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f";
    public const string ServerHandshakeSecret = "fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803";
    public const string ClientApplicationSecret = "2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1";
    public const string ServerApplicationSecret = "cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691";
    public const string ResumptionMasterSecret = "5e95bdf1f89005ea2e9aa0ba85e728e3c19c5fe0c699e3f5bee59faebd0b5406";

    /// <summary>Section 3's NewSessionTicket, under the server's application key, sequence 0.</summary>
    public static readonly byte[] TicketRecord = Hex.Read("""
        17030300de3a6b8f90414a97d6959c3487680de5134a2b240e6cffac116e95d41d6af8f6b580dcf3d11d63c758db289a
        015940252f55713e061dc13e078891a38efbcf5753ad8ef170ad3c7353d16d9da773b9ca7f2b9fa1b6c0d4a3d03f75e0
        9c30ba1e62972ac46f75f7b981be63439b2999ce13064615139891d5e4c5b406f16e3fc181a77ca475840025db2f0a77
        f81b5ab05b94c01346755f69232c86519d86cbeeac87aac347d143f9605d64f650db4d023e70e952ca49fe5137121c74
        bc2697687e248746d6df353005f3bce18696129c8153556b3b6c6779b37bf15985684f
        """);

    /// <summary>Offers early data, and the ticket, 6 ms old.</summary>
    public static readonly byte[] ClientHello = Hex.Read("""
        010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d9500000613011303130201
        0001cd0000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400
        3300260024001d0020e4ffb68ac05f8d96c99da26698346c6be16482badddafe051a66b4f18d668f0b002a0000002b00
        03020304000d0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c
        000240010015005700000000000000000000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        2900dd00b800b22c035d829359ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf1b0070ad3c498883c936
        7c09a2be785abc55cd226097a3a982117283f82a03a143efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3
        664d4e6da4d29ee03725a6a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f228bda40dda721470f9fbf2
        97b5aea617646fac5c03272e970727c621a79141ef5f7de6505e5bfbc388e93343694093934ae4d357fad6aacb002120
        3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d
        """);

    public static readonly byte[] ServerHello = Hex.Read("""
        0200005c03033ccfd2dec890222763472ae8136777c9d7358777bb66e91ea5122495f559ea2d00130100003400290002
        000000330024001d0020121761ee42c333e1b9e77b60dd57c2053cd94512ab47f115e86eff50942cea31002b00020304
        """);

    public static readonly byte[] EncryptedExtensions = Hex.Read("""
        080000280026000a00140012001d00170018001901000101010201030104001c0002400100000000002a0000
        """);

    public static readonly byte[] ServerFinished = Hex.Read("""
        1400002048d3e0e1b3d907c6acff145e16090388c77b05c050b634ab1a88bbd0dd1a34b2
        """);

    public static readonly byte[] EndOfEarlyData = Hex.Read("""
        05000000
        """);

    public static readonly byte[] ClientFinished = Hex.Read("""
        140000207230a9c952c25cd6138fc5e6628308c41c5335dd81b9f96bcea50fd32bda416d
        """);
}
