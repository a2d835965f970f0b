using Hutch.Catalog.Search;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// The traces of purged datasets on this server's own disk, apart from the files of the engine: its records, its index of words.
/// </summary>
public sealed class LocalPurge(SearchDatabase words, SiteDatabase records, Committer committer)
{
    /// <summary>
    /// Wipes the rest of all datasets whose purge is not complete. The records have forgotten them already; here the deleted rows are
    /// overwritten. False when a reader prevented it.
    /// </summary>
    public async Task<bool> TryWipeAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> purged = await records.ReadAsync(static queries => queries.PendingPurges(), ct);
        if (!await words.WipeAsync(purged.Select(static dataset => dataset.Id), ct))
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
