using System.Runtime.CompilerServices;
using Hutch.Catalog.Site;
using Hutch.Model.Site;
using Hutch.Site.Events;

namespace Hutch.Site.Runs;

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
        long position = 0;
        while (true)
        {
            // Taken before the look: what happens between the look and the wait ends the wait at once.
            Task next = events.NextAsync(ct);
            (IReadOnlyList<SiteResult> rows, bool isRunning) = await records.ReadConsistentAsync(
                queries => (queries.Results(dataset.Key, run, position, RowsAtOnce), queries.IsRunning(run, dataset.Id)), ct);
            foreach (SiteResult row in rows)
            {
                position = row.Sequence;
                if (skip > 0)
                {
                    skip--;
                    continue;
                }

                yield return row;
            }

            if (rows.Count > 0)
            {
                continue;
            }

            if (!follow || !isRunning)
            {
                yield break;
            }

            await next;
        }
    }
}
