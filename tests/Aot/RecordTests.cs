namespace Karez.Aot;

/// <summary>What holds on the runtime has to hold in native code: the program in Records/ is published and run.</summary>
public class RecordTests
{
    [Fact]
    public async Task A_native_program_shakes_hands_and_allocates_nothing_per_record()
    {
        using var program = await NativeProgram.PublishAsync("tests/Aot/Records/Records.csproj", "Karez.Records");
        var lines = await program.RunAsync();
        Assert.StartsWith("handshake Aes128GcmSha256 X25519MLKEM768 h2", lines, StringComparison.Ordinal);
        foreach (var length in new[] { 1, 1_400, 16_384 })
        {
            Assert.Contains($"up {length} 0\n", lines, StringComparison.Ordinal);
            Assert.Contains($"down {length} 0\n", lines, StringComparison.Ordinal);
        }
    }
}
