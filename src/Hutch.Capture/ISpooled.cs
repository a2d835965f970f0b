namespace Hutch.Capture;

/// <summary>A received message that the spool takes when it cannot be stored at once.</summary>
internal interface ISpooled
{
    Receipt Received { get; }

    /// <summary>Writes it; false if there is no space. A message that is stored, or written, needs none.</summary>
    bool TrySpool();
}
