using Hutch.Model.Publications;

namespace Hutch.Zone.Changes;

/// <summary>
/// The changes of the zone since a point in its audit, for followers such as the search index, activity and other sites. The audit is
/// written in the transaction of each change, so that no change is missed.
/// </summary>
public sealed class ZoneChanges
{
    private const string DatasetTarget = "dataset:";

    private readonly ZoneDatabase _zone;

    internal ZoneChanges(ZoneDatabase zone) => _zone = zone;

    /// <summary>
    /// The version of the zone, which rises with every change before its response. Data cached at an older version must be checked again.
    /// </summary>
    public long Version => _zone.Version;

    /// <inheritdoc cref="ZoneDatabase.WaitForChangeAsync"/>
    public Task WaitForChangeAsync(long seen, CancellationToken ct) => _zone.WaitForChangeAsync(seen, ct);

    public string SiteId => _zone.SiteId;

    /// <inheritdoc cref="ZoneDatabase.SyncViewAsync"/>
    public ValueTask SyncViewAsync(CancellationToken ct) => _zone.SyncViewAsync(ct);

    /// <inheritdoc cref="ZoneDatabase.BeginRequest"/>
    public IDisposable? BeginRequest() => _zone.BeginRequest();

    public ValueTask<long> NewestAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.Audit.Newest(), ct);

    /// <summary>Returns the lines after a number, oldest first.</summary>
    public ValueTask<IReadOnlyList<AuditRecord>> SinceAsync(long after, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Audit.List(new AuditSpan { After = after }, limit), ct);

    /// <summary>Returns the lines about one dataset before a number, newest first, with names of sites.</summary>
    public ValueTask<IReadOnlyList<AuditRecord>> OfDatasetAsync(DatasetId dataset, long before, int limit, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<AuditRecord>>(
            tables => [.. tables.Audit.ListOf(dataset, before, limit).Select(line => AuditNames.WithSiteNames(tables, line))], ct);

    /// <summary>Returns the names and grants of datasets at one version of the zone; datasets without a name are omitted.</summary>
    public ValueTask<Dictionary<DatasetId, SharedName>> NamesAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(
            tables =>
            {
                bool hasCopies = tables.Copies.Any();
                bool hasPublications = tables.Publications.AnyPublished();
                return datasets
                    .Select(id => tables.Names.Find(id) is { } name ? new SharedName(name, tables.Grants.On(id))
                    {
                        Visit = name.Owner.Kind == PrincipalKind.Group ? tables.Visits.Find(name.Owner.Id) : null,
                        Copies = hasCopies ? tables.Copies.SitesWith(id) : [],
                        Publication = hasPublications && tables.Publications.Find(id) is { State: PublicationStage.Published } published
                            ? published
                            : null,
                    } : null)
                    .OfType<SharedName>()
                    .ToDictionary(known => known.Name.Dataset);
            },
            ct);

    /// <summary>True if this is a site's view of a zone that it has joined.</summary>
    public bool IsView => _zone.Joined is not null;

    /// <inheritdoc cref="NameTable.ListNamedAfter"/>
    public ValueTask<IReadOnlyList<NameRecord>> NamedAfterAsync(long afterMilliseconds, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.ListNamedAfter(afterMilliseconds, limit), ct);

    /// <summary>Returns the newest number of the feed.</summary>
    public ValueTask<long> NewestFedAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.Feed.NewestNumber(), ct);

    /// <inheritdoc cref="FeedTable.DatasetsSince"/>
    public ValueTask<IReadOnlyList<FedDataset>> FedSinceAsync(long after, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Feed.DatasetsSince(after, limit), ct);

    /// <summary>
    /// Adds lines about datasets to the audit for actions that change nothing else. An actor that has caused as many lines as it may gets
    /// one line for all of them.
    /// </summary>
    public ValueTask<Result<Done>> AuditAsync(IReadOnlyCollection<AuditNote> notes, CancellationToken ct) =>
        _zone.ChangeOwnAsync<Done>(
            AuditActor.Server,
            change =>
            {
                foreach (IGrouping<AuditActor, AuditNote> of in notes.GroupBy(static note => note.Actor))
                {
                    int count = of.Count();
                    if (count > 1 && _zone.Budget.FindRefusal(of.Key, change) is not null)
                    {
                        change.AddAudit(
                            of.Key, of.First().Action, null,
                            string.Create(CultureInfo.InvariantCulture, $"{count} lines in one, as its lines of the day are used up"));
                        continue;
                    }

                    foreach (AuditNote note in of)
                    {
                        change.AddAudit(note.Actor, note.Action, DatasetTarget + note.Dataset, note.Detail);
                    }
                }

                return Done.Value;
            },
            ct);

    /// <summary>Adds to the counts of downloads. This is not a change of the zone: it is not audited and makes no cache stale.</summary>
    public async ValueTask CountAsync(IReadOnlyCollection<CountedDownload> downloads, CancellationToken ct) =>
        _ = await _zone.KeepAsync(
            tables =>
            {
                foreach (CountedDownload download in downloads)
                {
                    tables.Downloads.Add(download.Dataset, download.Reader, download.Sum);
                }

                return Done.Value;
            },
            ct);

    /// <summary>
    /// Returns the number of downloads of a dataset from this site and the most recent accounts, at most <paramref name="limit"/>.
    /// </summary>
    public ValueTask<DownloadCounts> DownloadsOfAsync(DatasetId dataset, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Downloads.CountsFor(dataset, limit), ct);

    /// <summary>Returns the dataset of a line of the audit; null for another target.</summary>
    public static DatasetId? DatasetOf(AuditRecord line)
    {
        return line.Target?.StartsWith(DatasetTarget, StringComparison.Ordinal) == true
            && Guid.TryParse(line.Target.AsSpan(DatasetTarget.Length), out Guid id) ? new DatasetId(id) : null;
    }
}

public sealed record AuditNote(AuditActor Actor, DatasetId Dataset, string Action, string Detail);

/// <param name="Reader">The account; null for an anonymous reader.</param>
/// <param name="Sum">The number of downloads and bytes.</param>
public sealed record CountedDownload(DatasetId Dataset, PrincipalId? Reader, DownloadRecord Sum);

public sealed record SharedName(NameRecord Name, IReadOnlyList<GrantRecord> Grants)
{
    /// <summary>The visit that owns the dataset; null for any other owner.</summary>
    public VisitRecord? Visit { get; init; }

    /// <summary>The ids of the sites with a wanted copy.</summary>
    public IReadOnlyList<string> Copies { get; init; } = [];

    /// <summary>The publication; null for none, for a draft and for a withdrawn one.</summary>
    public PublicationRecord? Publication { get; init; }
}
