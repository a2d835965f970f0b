namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// The git repository of a dataset was changed. Its refs and objects are a tree in addition to the head, laid out as a bare repository.
    /// </summary>
    /// <param name="Through">Content received up to this sequence number is in the head at the paths of its files.</param>
    public sealed record RepositorySet(DatasetId Dataset, TreeReference Root, long Through, string By) : JournalRecord;

    /// <summary>Content for git-annex keys was received and verified. The dataset retains it, whether or not a version names it.</summary>
    public sealed record KeysHeld(DatasetId Dataset, IReadOnlyList<StoredKey> Keys, string By) : JournalRecord;

    /// <summary>The dataset no longer retains the content of keys that nothing had referenced for a long time.</summary>
    /// <param name="Names">The keys without their extensions.</param>
    public sealed record KeysDropped(DatasetId Dataset, IReadOnlyList<string> Names, string By) : JournalRecord;
}

/// <summary>A git-annex key whose content is here.</summary>
/// <param name="Name">The key without its extension, which is independent of the content: <c>MD5-s2000--34eda8a3…</c>.</param>
public sealed record StoredKey(string Name, BlobHash Hash, long Size);
