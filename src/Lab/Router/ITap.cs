namespace Karez.Lab.Router;

/// <summary>Sees copies of packets and changes nothing: captures, detectors that run along.</summary>
public interface ITap
{
    /// <summary>Where it listens; it sees packets before the censors of the place do.</summary>
    Place Place { get; }

    /// <summary>
    /// Sees a packet: forged ones too, dropped ones up to the place that drops them. Times never decrease. On the
    /// router's thread: it must neither block nor wait.
    /// </summary>
    void See(in Passing passing);
}
