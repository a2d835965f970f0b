using Hutch.Model.Records;

namespace Hutch.Site.Heads;

/// <summary>Why a head is folded, and what is said of the snapshot.</summary>
/// <param name="Reason">What makes the snapshot.</param>
/// <param name="By">Its author.</param>
/// <param name="Message">What the author says of it.</param>
public sealed record FoldRequest(SnapshotReason Reason, string By, string? Message)
{
    /// <summary>By itself: no snapshot is made when nothing has changed.</summary>
    public static FoldRequest Automatic { get; } = new(SnapshotReason.Automatic, "hutch", null);

    /// <summary>Whether a snapshot is wanted even when nothing has changed since the last one.</summary>
    public bool IsWantedUnchanged => Reason is SnapshotReason.Manual or SnapshotReason.Close;
}
