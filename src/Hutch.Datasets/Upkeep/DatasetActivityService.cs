using Hutch.Zone.Changes;
using Hutch.Zone.Limits;

namespace Hutch.Datasets.Upkeep;

public sealed class DatasetActivityService(Authorizer authorizer, ZoneChanges changes, HeadReader heads, SiteDatabase records)
{
    /// <summary>Lists the activity on a dataset, newest first: audit lines, versions, documents, and runs that read or wrote it.</summary>
    /// <param name="cursor">The end of the page before; null to begin with the newest.</param>
    public async Task<Result<Batch<ActivityLine>>> ListAsync(
        Caller caller, DatasetId id, string? cursor, int limit, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await FindAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (!ActivityCursor.TryParse(cursor, out ActivityCursor? from))
        {
            return ErrorCode.BadRequest.With("The cursor is not one that a page of activity gave.");
        }

        return await PageAsync(dataset.Value, from, limit, ct);
    }

    /// <summary>Counts a dataset's downloads from this site, with the accounts of the last ones, 1000 at most.</summary>
    public async Task<Result<DownloadCounts>> CountDownloadsAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        // A dataset that was read through this site need not be here.
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.ActivityRead, ct);
        return access.IsOk ? await changes.DownloadsOfAsync(id, AccountLimits.MaxPage, ct) : access.Error;
    }

    private async Task<Result<SiteDataset>> FindAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.ActivityRead, ct);
        return access.IsOk ? await heads.DatasetAsync(id, ct) : access.Error;
    }

    private async Task<Batch<ActivityLine>> PageAsync(SiteDataset dataset, ActivityCursor from, int limit, CancellationToken ct)
    {
        // One more than fits of each source: a remaining line shows that there is another page.
        int most = limit + 1;
        IReadOnlyList<AuditRecord> audit = await changes.OfDatasetAsync(dataset.Id, from.Audit, most, ct);
        Queue<Line>[] sources = await records.ReadConsistentAsync<Queue<Line>[]>(
            queries =>
            [
                new(audit.Select(ToLine)),
                new(queries.Snapshots(dataset.Key, from.Snapshot, most).Select(ToLine)),
                new(queries.MetadataHistory(dataset.Key, from.Document, most).Select(ToLine)),
                new(queries.RunsBefore(new RunFilter(dataset.Id), from.Run, most).Select(ToLine)),
            ],
            ct);
        var items = new List<ActivityLine>();
        while (items.Count < limit && sources.Where(source => source.Count > 0).MaxBy(source => source.Peek().Done.Time) is { } newest)
        {
            Line line = newest.Dequeue();
            items.Add(line.Done);
            from = line.Pass(from);
        }

        return new Batch<ActivityLine>(items, sources.Any(source => source.Count > 0) ? from.ToString() : null);
    }

    private static Line ToLine(AuditRecord line) => new(
        new ActivityLine(line.At, Named(line.Actor.Name), line.Action, line.Detail, line.Actor.Credential),
        cursor => cursor with { Audit = line.Sequence });

    private static Line ToLine(SiteSnapshot snapshot) => new(
        new ActivityLine(
            Time(snapshot.Time), Named(snapshot.Author), "snapshot." + snapshot.Reason.ToName(), snapshot.Message,
            Snapshot: snapshot.Number),
        cursor => cursor with { Snapshot = snapshot.Number });

    private static Line ToLine(SiteMetadata document) => new(
        new ActivityLine(
            Time(document.Time), document.Author, "metadata.set", "version " + document.Version.ToString(CultureInfo.InvariantCulture)),
        cursor => cursor with { Document = document.Version });

    // Its command may name datasets that the reader may not see: the program only.
    private static Line ToLine(SiteRun run) => new(
        new ActivityLine(
            Time(run.Started),
            run.Description.User,
            "run.start",
            $"{run.Description.Program} {run.Description.Version}",
            run.Description.Token),
        cursor => cursor with { Run = run.Sequence });

    private static string? Named(string user) => user.Length == 0 ? null : user;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>An action, and the cursor of its source after it.</summary>
    private sealed record Line(ActivityLine Done, Func<ActivityCursor, ActivityCursor> Pass);
}
