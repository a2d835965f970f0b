using Hutch.Catalog.Search;
using Hutch.Catalog.Site;
using Hutch.Model.Site;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Maintenance;

/// <summary>What this server's own disk has of purged datasets beside the files of the engine: its records, its index of words.</summary>
public sealed class LocalTraces(SearchDatabase words, SiteDatabase records, Committer committer)
{
    /// <summary>
    /// Wipes what is left of all datasets whose purge is not complete. The records have forgotten them already; what was deleted is
    /// overwritten here. False when a reader was in the way.
    /// </summary>
    public async Task<bool> TryWipeAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> purged = await records.ReadAsync(static queries => queries.PendingPurges(), ct);
        if (!await words.WipeAsync(purged.Select(static dataset => dataset.Key), ct))
        {
            return false;
        }

        bool isWiped = false;
        await committer.RunExclusiveAsync(
            _ =>
            {
                isWiped = records.TryEmptyLog();
                new RecordsFile(Path.GetDirectoryName(records.Path)!).DeleteAside();
                return Task.CompletedTask;
            },
            ct);
        return isWiped;
    }
}
