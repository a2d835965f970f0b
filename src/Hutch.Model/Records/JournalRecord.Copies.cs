namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// All data of a dataset's history is here and verified; the earlier records of this group gave the dataset the history's state. From
    /// now on this site has a copy, and only its home changes the dataset.
    /// </summary>
    /// <param name="Home">The fingerprint of the home's key.</param>
    /// <param name="History">The SHA-256 of the history, which is a blob here.</param>
    public sealed record CopyCompleted(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History) : JournalRecord;

    /// <summary>
    /// This site released the home, before it notifies any other site: from now on it has a copy and accepts no writes. The record is
    /// repeated with another site if that is to be the next home instead.
    /// </summary>
    /// <param name="Home">The fingerprint of this site's key.</param>
    /// <param name="History">The SHA-256 of a history with everything that it has accepted, which is a blob here.</param>
    public sealed record HomeReleased(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History, string To) : JournalRecord;

    /// <summary>This site is the home from now on: the previous home released it, and everything that it had accepted is here.</summary>
    public sealed record HomeTaken(DatasetId Dataset, long Epoch) : JournalRecord;

    /// <summary>
    /// This site holds its copy until the home releases it, because the home may now evict its own bytes. Otherwise, only the end of the
    /// dataset at its home or a purge here ends the hold.
    /// </summary>
    /// <param name="Nonce">The nonce of the home's request; null ends the hold.</param>
    /// <param name="Home">The fingerprint of the home's key; null ends the hold.</param>
    public sealed record CopyHeld(DatasetId Dataset, BlobHash? Nonce, BlobHash? Home) : JournalRecord;

    /// <summary>The new state of an eviction or recall by this site as the home.</summary>
    /// <param name="Eviction">The state; null if all bytes are here and no site holds any for this site.</param>
    public sealed record EvictionSet(DatasetId Dataset, Eviction? Eviction) : JournalRecord;
}
