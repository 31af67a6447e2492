using System.Diagnostics;
using Karez.Cli.Output;

namespace Karez.Cli.Tests;

/// <summary>Codes are read by zbarimg from pictures of the terminal, whatever its theme.</summary>
public sealed class QrTests : IDisposable
{
    private const string Link =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@[2001:db8:1234:5678:9abc:def0:1234:5678]:65443?encryption=none"
        + "&security=reality&type=tcp&headerType=none&flow=xtls-rprx-vision&sni=www.a-rather-long-name.example.com"
        + "&fp=chrome&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef&spx=%2F#somebody%27s%20phone";

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-qr-").FullName;

    [Theory]
    [InlineData(0xFFFFFF, 0x000000)]
    [InlineData(0x000000, 0xFFFFFF)]
    [InlineData(0xFDF6E3, 0x657B83)]
    [InlineData(0x002B36, 0x839496)]
    public async Task A_code_on_a_terminal_is_read_on_light_and_dark(int background, int foreground)
    {
        var drawing = QrText.Draw(Link, 80);
        Assert.NotNull(drawing);
        var picture = ScreenPicture.Of(drawing, background, foreground);
        Assert.Equal(Link, await ReadAsync(picture, "screen.ppm"));
    }

    [Fact]
    public void A_code_fits_into_80_columns_and_is_left_out_where_it_does_not_fit()
    {
        var widest = QrText.Draw(Link, 80)!.Split('\n').Max(l => ScreenPicture.Columns(l));
        Assert.InRange(widest, 40, 80);
        Assert.Null(QrText.Draw(Link, widest - 1));
    }

    [Fact]
    public async Task A_code_in_a_picture_is_read() =>
        Assert.Equal(Link, await ReadAsync(QrText.Png(Link)!, "code.png"));

    [Fact]
    public void What_no_code_can_hold_is_left_out()
    {
        Assert.Null(QrText.Draw(new string('x', 4000), 400));
        Assert.Null(QrText.Png(new string('x', 4000)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> ReadAsync(byte[] picture, string name)
    {
        var stop = TestContext.Current.CancellationToken;
        var path = Path.Combine(_folder, name);
        await File.WriteAllBytesAsync(path, picture, stop);
        var start = new ProcessStartInfo("zbarimg")
        {
            ArgumentList = { "--quiet", "--raw", "--oneshot", path },
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var text = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return text.TrimEnd('\n');
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("zbarimg is missing (package zbar-tools)");
            return "";
        }
    }
}
