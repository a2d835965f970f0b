namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>The files of a dataset stay in this folder of the facility from now on. Repeated when the folder moves.</summary>
    /// <param name="Folder">The absolute path on the machine of the site.</param>
    /// <param name="Identity">An identity of the folder that survives renames and moves; null if there is none.</param>
    public sealed record FolderSet(DatasetId Dataset, string Folder, string? Identity, string By) : JournalRecord;

    /// <summary>A file in the folder of a dataset was found or hashed, in its state at one moment.</summary>
    /// <param name="Name">The hash of its bytes; before they are hashed, an identifier of this version of the file.</param>
    /// <param name="Stamp">The file system's attributes of the file.</param>
    /// <param name="Hashed">True if its bytes were read and have the hash <c>Name</c>.</param>
    public sealed record FileRegistered(DatasetId Dataset, DatasetPath Path, BlobHash Name, FileStamp Stamp, bool Hashed) : JournalRecord;

    public sealed record FileVanished(DatasetId Dataset, DatasetPath Path) : JournalRecord;

    /// <summary>People were notified of the retention of a dataset's files. It changes nothing, but followers of events see it.</summary>
    /// <param name="End">The end of the files' retention, in the future or past.</param>
    /// <param name="Before">The reminder, such as <c>7d</c>; null for the end.</param>
    public sealed record RetentionTold(DatasetId Dataset, DateTimeOffset End, string? Before) : JournalRecord;
}
