namespace Hutch.Datasets.Files;

public interface ICompleteHeads
{
    /// <summary>
    /// Returns a reader of the head through its home, when that may have files that no copy has: those in a facility's folder that it has
    /// not hashed. Null when the copy is complete.
    /// </summary>
    /// <param name="caller">The caller, with the right to read.</param>
    ValueTask<Result<EntryService>?> FindAsync(Caller caller, SiteDataset copy, CancellationToken ct);
}
