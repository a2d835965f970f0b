namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// What git brought of a dataset was changed: its refs and its objects are a tree beside the head, laid out as a bare repository.
    /// </summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Root">The tree.</param>
    /// <param name="Through">Content that came up to this sequence number is in the head where its files are.</param>
    /// <param name="By">Who changed it.</param>
    public sealed record RepositorySet(DatasetId Dataset, TreeReference Root, long Through, string By) : JournalRecord;

    /// <summary>
    /// Content has come for keys of git-annex and was verified against them. The dataset keeps it, whether a version names it or not.
    /// </summary>
    /// <param name="Dataset">Which dataset.</param>
    /// <param name="Keys">The keys, and the blobs that they stand for.</param>
    /// <param name="By">Who brought them.</param>
    public sealed record KeysHeld(DatasetId Dataset, IReadOnlyList<StoredKey> Keys, string By) : JournalRecord;

    /// <summary>The dataset no longer keeps the content of keys: for long, nothing had named them.</summary>
    /// <param name="Dataset">Which dataset.</param>
    /// <param name="Names">The keys without their extensions.</param>
    /// <param name="By">Who did it.</param>
    public sealed record KeysDropped(DatasetId Dataset, IReadOnlyList<string> Names, string By) : JournalRecord;
}

/// <summary>A key of git-annex whose content is here.</summary>
/// <param name="Name">The key without its extension, which says nothing of the content: <c>MD5-s2000--34eda8a3…</c>.</param>
/// <param name="Hash">The blob.</param>
/// <param name="Size">Its bytes.</param>
public sealed record StoredKey(string Name, BlobHash Hash, long Size);
