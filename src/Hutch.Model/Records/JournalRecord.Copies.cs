namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// Everything that a history of a dataset names is here, verified; the records before this one in its group made the dataset what the
    /// history says. From now on this site has a copy, and only its home changes the dataset.
    /// </summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Home">The fingerprint of the home's key.</param>
    /// <param name="Epoch">The epoch in which the home signed the history.</param>
    /// <param name="History">The SHA-256 of the history, which is a blob here.</param>
    public sealed record CopyCompleted(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History) : JournalRecord;

    /// <summary>
    /// This site has given up being the home, before it tells anybody: it has a copy from now on, and accepts nothing. Once more with
    /// another site when that is to be the home instead.
    /// </summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Home">The fingerprint of this site's key.</param>
    /// <param name="Epoch">The epoch in which it was the home.</param>
    /// <param name="History">The SHA-256 of everything that it has accepted, as a history, which is a blob here.</param>
    /// <param name="To">The id of the site that is to be the home next.</param>
    public sealed record HomeReleased(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History, string To) : JournalRecord;

    /// <summary>This site is the home from now on: whoever was it before has given up, and all that it had accepted is here.</summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Epoch">The epoch that begins.</param>
    public sealed record HomeTaken(DatasetId Dataset, long Epoch) : JournalRecord;

    /// <summary>
    /// This site keeps its copy until the home says that it need not, as the home may give up its own bytes from now on. Nothing else ends
    /// it but the end of the dataset at its home, or a purge here.
    /// </summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Nonce">The number by which the home has asked; null ends the hold.</param>
    /// <param name="Home">The fingerprint of the home's key; null ends the hold.</param>
    public sealed record CopyHeld(DatasetId Dataset, BlobHash? Nonce, BlobHash? Home) : JournalRecord;

    /// <summary>This site, as the home, gives up bytes that others hold, or gets them back: this is how far it is from now on.</summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Eviction">How far; null when all is here and nobody holds anything for this site.</param>
    public sealed record EvictionSet(DatasetId Dataset, Eviction? Eviction) : JournalRecord;
}
