namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// The files of a dataset stay in a folder of the facility: from now on it is this one. Moved folders are set again.
    /// </summary>
    /// <param name="Dataset">Which dataset.</param>
    /// <param name="Folder">Absolute path on the machine of the site.</param>
    /// <param name="Identity">What stays the same when the folder is renamed or moved; null where nothing does.</param>
    /// <param name="By">Who said so.</param>
    public sealed record FolderSet(DatasetId Dataset, string Folder, string? Identity, string By) : JournalRecord;

    /// <summary>A file in the folder of a dataset was seen, or was hashed, as it was at one moment.</summary>
    /// <param name="Dataset">Whose folder.</param>
    /// <param name="Path">Its path in the dataset, which is that in the folder.</param>
    /// <param name="Name">The hash of its bytes; before these were read, a hash that names this version of the file.</param>
    /// <param name="Stamp">What the file system said of it.</param>
    /// <param name="Hashed">Whether its bytes were read and have the hash <c>Name</c>.</param>
    public sealed record FileRegistered(DatasetId Dataset, DatasetPath Path, BlobHash Name, FileStamp Stamp, bool Hashed) : JournalRecord;

    /// <summary>A file in the folder of a dataset is no longer there.</summary>
    public sealed record FileVanished(DatasetId Dataset, DatasetPath Path) : JournalRecord;

    /// <summary>
    /// The people of a dataset were told how long its files stay at the facility. It changes nothing; whoever follows events hears it.
    /// </summary>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="End">When the time of the files ends, or ended.</param>
    /// <param name="Before">Which reminder it was, such as <c>7d</c>; null for the end.</param>
    public sealed record RetentionTold(DatasetId Dataset, DateTimeOffset End, string? Before) : JournalRecord;
}
