using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Karez.Sys.Tests;

public class FileLockTests
{
    [Fact]
    public void One_holder_at_a_time()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "lock");
        Assert.Equal(0, FileLock.TryTake(path, out var held));
        Assert.NotNull(held);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(-Errno.Again, FileLock.TryTake(path, out var second));
        Assert.Null(second);
        held.Dispose();
        held.Dispose();
        Assert.Equal(0, FileLock.TryTake(path, out second));
        second!.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_link_and_a_missing_folder_are_refused()
    {
        var folder = Directory.CreateTempSubdirectory();
        var link = Path.Combine(folder.FullName, "link");
        File.CreateSymbolicLink(link, Path.Combine(folder.FullName, "elsewhere"));
        Assert.True(FileLock.TryTake(link, out _) < 0);
        Assert.False(File.Exists(Path.Combine(folder.FullName, "elsewhere")));
        Assert.Equal(-Errno.NoEntry, FileLock.TryTake("/nowhere/at-all", out _));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Descriptors_can_be_raised_to_the_hard_limit()
    {
        Assert.Equal(0, Limits.RaiseDescriptors());
        Assert.Equal(0, Limits.GetDescriptors(out var soft, out var hard));
        Assert.Equal(hard, soft);
    }
}
