namespace Karez.Lab.Running;

/// <summary>A tool of a run.</summary>
/// <param name="Name">Its name in the catalogue.</param>
/// <param name="Entry">The address that its users reach.</param>
/// <param name="Port">The port there.</param>
/// <param name="Transport"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Exit">The address that its users' destinations see.</param>
/// <param name="Program">The program, and what it says its version is.</param>
/// <param name="CoverName">The name that it borrows or shows; null for none.</param>
/// <param name="CoverAddress">Where that name really is; null for none.</param>
/// <param name="Control">Whether it is a positive control.</param>
public sealed record ToolEntry(
    string Name,
    string Entry,
    int Port,
    string Transport,
    string Exit,
    string Program,
    string? CoverName = null,
    string? CoverAddress = null,
    bool Control = false);
