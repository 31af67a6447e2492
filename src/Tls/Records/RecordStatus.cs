namespace Karez.Tls.Records;

/// <summary>What became of an attempt to open a record.</summary>
public enum RecordStatus
{
    /// <summary>One record was opened.</summary>
    Done,

    /// <summary>The record is not all there; nothing was moved or changed.</summary>
    NeedInput,

    /// <summary>
    /// The peer broke the record protocol; <see cref="RecordOpener.Fault"/> says how. There is no way back.
    /// </summary>
    Failed,
}
