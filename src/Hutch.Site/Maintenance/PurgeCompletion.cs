using Hutch.Catalog.Search;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Committing;

namespace Hutch.Site.Maintenance;

/// <summary>The end of purges: nothing of their datasets is left in any segment.</summary>
internal sealed class PurgeCompletion(SearchDatabase words, SiteDatabase records, Committer committer)
{
    /// <summary>
    /// Wipes what is left of the purged in the databases too, and says that the purges are complete. False when a reader was in the way.
    /// </summary>
    public async Task<bool> TryFinishAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        bool isWiped = false;
        if (!await words.WipeAsync(purged.Select(dataset => dataset.Key), ct))
        {
            return false;
        }

        await committer.RunExclusiveAsync(
            _ =>
            {
                isWiped = records.TryEmptyLog();
                new RecordsFile(Path.GetDirectoryName(records.Path)!).DeleteAside();
                return Task.CompletedTask;
            },
            ct);
        if (isWiped)
        {
            (await committer.CommitAsync<Done>(context => EndPurges(context, purged), [], ct, mayUseReserve: true)).Require();
        }

        return isWiped;
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
