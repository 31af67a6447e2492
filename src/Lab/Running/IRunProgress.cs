namespace Karez.Lab.Running;

/// <summary>Is told how far a run is.</summary>
public interface IRunProgress
{
    /// <summary>A part begins.</summary>
    void Begin(string part);

    /// <summary>How far it is.</summary>
    void Tell(string state);
}
