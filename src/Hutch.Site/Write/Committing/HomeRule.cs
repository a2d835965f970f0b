namespace Hutch.Site.Write.Committing;

/// <summary>The rule that a dataset changes at its home only: a copy changes only as its home does.</summary>
internal static class HomeRule
{
    private const string Copy = "copyOf";

    /// <summary>Returns the dataset whose state a record changes by a decision of its home; null for other records.</summary>
    public static DatasetId? ChangedBy(JournalRecord record) => record switch
    {
        JournalRecord.EntryPut of => of.Dataset,
        JournalRecord.EntryRemoved of => of.Dataset,
        JournalRecord.ResultRow of => of.Dataset,
        JournalRecord.RunStarted { Outputs: [var only] } => only,
        JournalRecord.RunCompared of => of.Dataset,
        JournalRecord.SnapshotTaken of => of.Dataset,
        JournalRecord.SnapshotDropped of => of.Dataset,
        JournalRecord.TagSet of => of.Dataset,
        JournalRecord.TagRemoved of => of.Dataset,
        JournalRecord.MetadataSet of => of.Dataset,
        JournalRecord.DatasetDescribed { Title: null, Type: null } => null,
        JournalRecord.DatasetDescribed of => of.Dataset,
        JournalRecord.DatasetClosed of => of.Dataset,
        JournalRecord.DatasetTrashed of => of.Dataset,
        JournalRecord.DatasetRestored of => of.Dataset,
        JournalRecord.DatasetEnded of => of.Dataset,
        JournalRecord.DatasetExpirySet of => of.Dataset,
        JournalRecord.SettingSet of => of.Dataset,
        JournalRecord.FolderSet of => of.Dataset,
        JournalRecord.FileRegistered of => of.Dataset,
        JournalRecord.RepositorySet of => of.Dataset,
        JournalRecord.KeysHeld of => of.Dataset,
        JournalRecord.KeysDropped of => of.Dataset,
        JournalRecord.UploadStarted of => of.Dataset,
        JournalRecord.SessionStarted { IsCopy: null } of => of.Dataset,
        _ => null,
    };

    public static HutchError Moves { get; } = (ErrorCode.Unavailable with { Advice = "Try again in a few seconds." }).With(
        "The home of this dataset moves to another site just now. Nothing was changed.");

    /// <summary>Returns true if a record only restates changes that were accepted before.</summary>
    public static bool IsCompaction(JournalRecord record) => record is JournalRecord.SnapshotTaken { Reason: SnapshotReason.Automatic };

    /// <summary>Returns the refusal for a caller that tries to change a copy.</summary>
    public static HutchError Refusal(SiteDataset copy) => copy.IsReleased ? Moves : OfCopy(
        copy, ErrorCode.Conflict with { Advice = "Make the change at the home of the dataset; this copy is updated automatically." },
        $"This site has a copy of '{copy.Owner}/{copy.Slug}', whose home is another site.");

    public static HutchError OfCopy(SiteDataset copy, ErrorCode code, string message) => code.With(message, Copy, copy.Id.ToString());

    /// <summary>Returns the dataset if a request was refused because this site has a copy of it; otherwise null.</summary>
    public static DatasetId? CopyOf<T>(Result<T> answer) =>
        DatasetId.TryParse(answer.Error?.Details?.GetValueOrDefault(Copy), out DatasetId id) ? id : null;
}
