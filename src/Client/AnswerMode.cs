namespace Karez.Client;

/// <summary>When local programs hear that their connection stands.</summary>
public enum AnswerMode
{
    /// <summary>Early to web ports that stood within the last ten minutes, late to all others.</summary>
    Auto,

    /// <summary>Once the node has reached the destination, where the node can tell.</summary>
    Late,

    /// <summary>At once; a failure shows as the end of the connection.</summary>
    Early,
}
