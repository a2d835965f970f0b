namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Condemns objects of a collection with the log locked, so that no commit relies on one of them unnoticed.</summary>
internal sealed class Condemnation(ICollectionLease lease, MemberView view, EngineSite site)
{
    /// <summary>Condemns objects, unless a later row contradicts it.</summary>
    /// <param name="isDueAtOnce">True if the objects are deleted as soon as no server looks for them, without a retention time.</param>
    /// <param name="after">The row up to which the view knew the log when the objects were found dead.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    public async Task<bool> TryAsync(
        IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        long? row = await lease.TryCondemnAsync(names, isDueAtOnce, after, isAgainst, ct);

        // A condemned object must not count as the other copy of the next member, and a contradicting row must be known.
        _ = (await site.Committer.CatchUpAsync(CancellationToken.None)).Value;
        return view.Applied.Number >= row || row is null
            ? row is not null
            : throw new StorageUnknownOutcomeException($"Row {row} was appended to the log, and is not in it.");
    }
}
