using Hutch.Site.Write.Events;

namespace Hutch.Processing.Runs;

/// <summary>
/// Reads result rows in the order in which they came, and continues with new ones. Rows of a dataset that came from another site are
/// ordered by frame, and are those of its newest version here.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class ResultReader
{
    private const int RowsAtOnce = 1000;

    private readonly SiteDatabase _records;
    private readonly EventFeed _events;
    private readonly RowFile _file;

    internal ResultReader(SiteDatabase records, EventFeed events, RowFile file) => (_records, _events, _file) = (records, events, file);

    public async Task<SiteResult?> FindAsync(SiteDataset dataset, Guid run, long frame, CancellationToken ct)
    {
        string name = run.ToString("N");
        IReadOnlyList<SiteResult> rows = await _records.ReadAsync(
            queries => queries.ResultsByFrame(dataset.Key, name, frame - 1, limit: 1), ct);
        return rows.FirstOrDefault(row => row.Run == name && row.Frame == frame)
            ?? (await _file.FindRunAsync(dataset.Id, ct) is { } only && only.Id == run
                ? await _file.ReadAsync(dataset.Id, run, ct).FirstOrDefaultAsync(row => row.Frame == frame, ct)
                : null);
    }

    /// <param name="run">The run; null for the rows of all runs.</param>
    /// <param name="skip">The number of rows that the reader already has: their order never changes.</param>
    /// <param name="follow">True to continue until the run (all runs) ended; otherwise it returns the present rows.</param>
    public async IAsyncEnumerable<SiteResult> ReadAsync(
        SiteDataset dataset, Guid? run, long skip, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await _file.FindRunAsync(dataset.Id, ct) is { } only)
        {
            if (run is null || run == only.Id)
            {
                await foreach (SiteResult row in _file.ReadAsync(dataset.Id, only.Id, ct).Skip((int)Math.Min(skip, int.MaxValue)))
                {
                    yield return row;
                }
            }

            yield break;
        }

        bool MayCome(SiteQueries queries) => follow && queries.IsRunning(run, dataset.Id);
        await foreach (IReadOnlyList<SiteResult> rows in ReadAsync(dataset, run, skip, MayCome, null, ct))
        {
            foreach (SiteResult row in rows)
            {
                yield return row;
            }
        }
    }

    /// <summary>Reads the rows of a run while it writes them, as many at once as are present.</summary>
    /// <param name="skip">The number of rows that the reader already has.</param>
    /// <param name="written">Ends when no more rows come: then the reading ends with the last present one.</param>
    public IAsyncEnumerable<IReadOnlyList<SiteResult>> ReadAsync(
        SiteDataset dataset, Guid run, long skip, Task written, CancellationToken ct)
    {
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
            Task next = _events.NextAsync(ct);
            (bool mayBeMore, IReadOnlyList<SiteResult> rows) = await _records.ReadConsistentAsync(
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
