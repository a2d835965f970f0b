using Hutch.Site.Engines;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Condemns objects of a collection: with the log locked, so that nobody comes to rely on one of them unseen.</summary>
internal sealed class Sentence(ICollectionTurn turn, MemberView view, EngineSite site)
{
    /// <summary>Condemns objects, unless somebody speaks against it.</summary>
    /// <param name="names">The names of the objects.</param>
    /// <param name="isDueAtOnce">Whether they are deleted as soon as nobody looks for them, and not kept for a while.</param>
    /// <param name="after">The row up to which the view knew the log when it was found that they are dead.</param>
    /// <param name="isAgainst">Whether a later row speaks against it.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    public async Task<bool> TryAsync(
        IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        long? row = await turn.TryCondemnAsync(names, isDueAtOnce, after, isAgainst, ct);

        // What was condemned must not be taken for the other copy of what is looked at next; and what spoke against it must be known.
        _ = (await site.Committer.CatchUpAsync(CancellationToken.None)).Value;
        return view.Applied.Number >= row || row is null
            ? row is not null
            : throw new StorageUnknownOutcomeException($"Row {row} was appended to the log, and is not in it.");
    }
}
