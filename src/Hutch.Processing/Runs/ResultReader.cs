using System.Runtime.CompilerServices;
using Hutch.Catalog.Site;
using Hutch.Model.Site;
using Hutch.Site.Events;

namespace Hutch.Processing.Runs;

/// <summary>Reads result rows in the order in which they came, and goes on with those that come.</summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class ResultReader(SiteDatabase records, EventFeed events)
{
    private const int RowsAtOnce = 1000;

    /// <summary>The row of one frame; null when there is none.</summary>
    public async Task<SiteResult?> FindAsync(SiteDataset dataset, Guid run, long frame, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        string name = run.ToString("N");
        IReadOnlyList<SiteResult> rows = await records.ReadAsync(
            queries => queries.ResultsByFrame(dataset.Key, name, frame - 1, limit: 1), ct);
        return rows.FirstOrDefault(row => row.Run == name && row.Frame == frame);
    }

    /// <param name="dataset">The dataset that keeps them.</param>
    /// <param name="run">Those of one run, or of all when it is null.</param>
    /// <param name="skip">How many the reader has already: their order never changes.</param>
    /// <param name="follow">Whether to go on until the run (all runs) ended. Otherwise what is there.</param>
    /// <param name="ct">Ends the reading.</param>
    public async IAsyncEnumerable<SiteResult> ReadAsync(
        SiteDataset dataset, Guid? run, long skip, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        bool MayCome(SiteQueries queries) => follow && queries.IsRunning(run, dataset.Id);
        await foreach (IReadOnlyList<SiteResult> rows in ReadAsync(dataset, run, skip, MayCome, null, ct))
        {
            foreach (SiteResult row in rows)
            {
                yield return row;
            }
        }
    }

    /// <summary>Reads the rows of a run while it writes them, so many at once as there are.</summary>
    /// <param name="dataset">The dataset that keeps them.</param>
    /// <param name="run">The run.</param>
    /// <param name="skip">How many the reader has already.</param>
    /// <param name="written">Ends when no more come: then the reading ends with the last that is there.</param>
    /// <param name="ct">Ends the reading.</param>
    public IAsyncEnumerable<IReadOnlyList<SiteResult>> ReadAsync(
        SiteDataset dataset, Guid run, long skip, Task written, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return ReadAsync(dataset, run, skip, _ => !written.IsCompleted, written, ct);
    }

    private async IAsyncEnumerable<IReadOnlyList<SiteResult>> ReadAsync(
        SiteDataset dataset, Guid? run, long skip, Func<SiteQueries, bool> mayCome, Task? ended,
        [EnumeratorCancellation] CancellationToken ct)
    {
        long position = 0;
        while (true)
        {
            // Taken before the look: what happens between the look and the wait ends the wait at once.
            Task next = events.NextAsync(ct);
            (bool mayBeMore, IReadOnlyList<SiteResult> rows) = await records.ReadConsistentAsync(
                queries => (mayCome(queries), queries.Results(dataset.Key, run, position, RowsAtOnce)), ct);
            if (rows.Count > 0)
            {
                position = rows[^1].Sequence;
                int known = (int)Math.Min(skip, rows.Count);
                skip -= known;
                yield return known == 0 ? rows : [.. rows.Skip(known)];
            }
            else if (mayBeMore)
            {
                await (ended is null ? next : await Task.WhenAny(next, ended));
            }
            else
            {
                yield break;
            }
        }
    }
}
