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
}
