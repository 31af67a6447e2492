namespace Karez.Lab.Detectors;

/// <summary>How an injector's forged resets look.</summary>
/// <param name="Injector">Which one.</param>
/// <param name="Count">How many a side gets.</param>
/// <param name="WithAck">RST and ACK; else RST alone.</param>
/// <param name="FirstId">The least IP identification.</param>
/// <param name="LastId">The greatest.</param>
/// <param name="DontFragment">Whether it says "don't fragment".</param>
/// <param name="TimeToLive">Time to live at the injector; those seen vary with the way.</param>
public sealed record ResetShape(
    string Injector, int Count, bool WithAck, int FirstId, int LastId, bool DontFragment, byte TimeToLive);
