namespace Karez.EndToEnd.Tools;

/// <summary>Where programs are.</summary>
internal static class Programs
{
    /// <summary>Says why a program of a package cannot be used; null when it is there.</summary>
    public static string? WhyNot(string program, string package) =>
        Find(program) is null ? $"{program} is not installed (bench/run --install, or apt-get install {package})" : null;

    /// <summary>The path of a program, by PATH and the folders of system programs.</summary>
    public static string? Find(string program) => Path.IsPathRooted(program)
        ? File.Exists(program) ? program : null
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
