using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Completes purges: nothing of their datasets is left in the engine's files, nor at any server.</summary>
internal sealed class PurgeCompletion(ISweeper sweeper, Committer committer)
{
    /// <summary>
    /// Has the servers wipe the rest on their own disks, and records that the purges are complete. Returns the servers that have not done
    /// so, for display: while there are any, the purges are incomplete.
    /// </summary>
    public async Task<IReadOnlyList<string>> TryFinishAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        IReadOnlyList<string> unclean = await sweeper.WipeServersAsync(ct);
        if (unclean.Count == 0)
        {
            (await committer.CommitAsync<Done>(context => EndPurges(context, purged), [], ct, mayUseReserve: true)).Require();
        }

        return unclean;
    }

    private static Result<Done> EndPurges(CommitContext context, IReadOnlyList<SiteDataset> purged)
    {
        foreach (SiteDataset pending in context.Queries.PendingPurges().Where(pending => purged.Any(dataset => dataset.Id == pending.Id)))
        {
            context.Emit(new JournalRecord.PurgeCompleted(pending.Id));
        }

        return Done.Value;
    }
}
