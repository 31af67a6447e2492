using System.Security.Cryptography;
using Karez.Config;
using Karez.Route;
using Karez.Route.Lists;
using Karez.Route.Sources;
using Karez.Sys;

namespace Karez.Client.Rules;

/// <summary>
/// Opens files of rules: each is compiled once, into <c>FILE.karez</c> beside it, or into a folder of ours where that
/// cannot be written, and used from there, mapped.
/// </summary>
/// <param name="folder">Where to keep what cannot be kept beside its source; null for memory.</param>
public sealed class RuleFiles(string? folder)
{
    /// <summary>Opens a file; null when it cannot be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="at">Where it is named, for problems.</param>
    /// <param name="problems">Receives why it cannot be used.</param>
    public RouteList? Open(string path, string at, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var name = Path.GetFileName(path);
        try
        {
            using var source = MappedFile.Open(path);
            var octets = source.GetSpan();
            var digest = SHA256.HashData(octets);
            string[] places = [path + Ending, .. folder is null ? [] : (string[])[Path.Combine(folder, name + Ending)]];
            foreach (var place in places)
            {
                if (OpenCompiled(place, name, digest) is { } known)
                    return known;
            }

            var fault = RouteSource.TryCompile(octets, digest, out var compiled);
            if (fault != RouteFault.None)
            {
                problems.Add(new(at, $"{path} cannot be used: {Why(fault)}",
                    "geosite.dat, geoip.dat, an .mmdb with countries, or a text list; download it again"));
                return null;
            }

            foreach (var place in places)
            {
                if (TryWrite(place, compiled) && OpenCompiled(place, name, digest) is { } made)
                    return made;
            }

            return RouteList.TryOpen(name, compiled.Join(), digest, out var kept) ? kept : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(at, $"cannot read {path}: {e.Message}", "check the path and its rights"));
            return null;
        }
    }

    private static RouteList? OpenCompiled(string path, string name, ReadOnlySpan<byte> digest)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            var mapped = MappedFile.Open(path); // as long as the process lives
            if (RouteList.TryOpen(name, mapped.Memory, digest, out var list))
                return list;
            ((IDisposable)mapped).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is made anew, elsewhere if need be.
        }

        return null;
    }

    /// <summary>It says which lists are used here, and is this person's alone.</summary>
    private static bool TryWrite(string path, CompiledList compiled) => PrivateFile.TryReplace(path, file =>
    {
        foreach (var part in compiled.Parts)
            file.Write(part.Span);
    });

    private static string Why(RouteFault fault) => fault switch
    {
        RouteFault.Empty => "there is no rule in it",
        RouteFault.TooLong or RouteFault.TooMany => "it is too large",
        RouteFault.Crowded => "its names were made to collide",
        _ => "it is of no kind that is known, or damaged",
    };

    private const string Ending = ".karez";
}
