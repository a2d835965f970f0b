using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Changes;

/// <summary>
/// What has changed in the zone since a point in its audit, for those that keep a view of it: the search index, activity, later other
/// sites. The audit is written in the transaction of each change, so that no change is missed.
/// </summary>
public sealed class ZoneChanges
{
    private const string DatasetTarget = "dataset:";

    private readonly ZoneDatabase _zone;

    internal ZoneChanges(ZoneDatabase zone) => _zone = zone;

    /// <summary>
    /// Rises with every change of the zone, before the change is answered: what was cached at an older version is asked again.
    /// </summary>
    public long Version => _zone.Version;

    /// <inheritdoc cref="ZoneDatabase.WaitForChangeAsync"/>
    public Task WaitForChangeAsync(long seen, CancellationToken ct) => _zone.WaitForChangeAsync(seen, ct);

    /// <summary>The site that this server is of.</summary>
    public string SiteId => _zone.SiteId;

    /// <inheritdoc cref="ZoneDatabase.MakeCurrentAsync"/>
    public ValueTask MakeCurrentAsync(CancellationToken ct) => _zone.MakeCurrentAsync(ct);

    /// <inheritdoc cref="ZoneDatabase.BeginRequest"/>
    public IDisposable? BeginRequest() => _zone.BeginRequest();

    /// <summary>The number of the newest line of the audit.</summary>
    public ValueTask<long> NewestAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.Audit.Newest(), ct);

    /// <summary>The lines behind a number, oldest first.</summary>
    public ValueTask<IReadOnlyList<AuditRecord>> SinceAsync(long after, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Audit.List(new AuditSpan { After = after }, limit), ct);

    /// <summary>The lines about one dataset before a number, newest first.</summary>
    public ValueTask<IReadOnlyList<AuditRecord>> OfDatasetAsync(DatasetId dataset, long before, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Audit.ListOf(dataset, before, limit), ct);

    /// <summary>Name and grants of datasets, all at one version of the zone; without those that have no name.</summary>
    public ValueTask<Dictionary<DatasetId, SharedName>> NamesAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(
            tables => datasets
                .Select(id => tables.Names.Find(id) is { } name ? new SharedName(name, tables.Grants.On(id)) : null)
                .OfType<SharedName>()
                .ToDictionary(known => known.Name.Dataset),
            ct);

    /// <summary>Adds lines about datasets to the audit, for what changes nothing else.</summary>
    public ValueTask<Result<Done>> NoteAsync(IReadOnlyCollection<AuditNote> notes, CancellationToken ct) =>
        _zone.ChangeOwnAsync<Done>(
            AuditActor.Server,
            change =>
            {
                foreach (AuditNote note in notes)
                {
                    change.Note(note.Actor, note.Action, DatasetTarget + note.Dataset, note.Detail);
                }

                return Done.Value;
            },
            ct);

    /// <summary>Adds to the counts of downloads. No change of the zone: nothing is audited, and nothing cached becomes wrong.</summary>
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

    /// <summary>How often a dataset was downloaded from this site, with the accounts that did so last, at most so many.</summary>
    public ValueTask<DownloadCounts> DownloadsOfAsync(DatasetId dataset, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Downloads.Of(dataset, limit), ct);

    /// <summary>The dataset that a line of the audit is about; null for anything else.</summary>
    public static DatasetId? DatasetOf(AuditRecord line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Target?.StartsWith(DatasetTarget, StringComparison.Ordinal) == true
            && Guid.TryParse(line.Target.AsSpan(DatasetTarget.Length), out Guid id) ? new DatasetId(id) : null;
    }
}

/// <summary>A line for the audit.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Dataset">With which dataset.</param>
/// <param name="Action">Did what, such as <c>dataset.download</c>.</param>
/// <param name="Detail">More about it in a few words.</param>
public sealed record AuditNote(AuditActor Actor, DatasetId Dataset, string Action, string Detail);

/// <summary>Downloads of a dataset by one reader.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Reader">The account; null for who was not logged in.</param>
/// <param name="Sum">How often and how much.</param>
public sealed record CountedDownload(DatasetId Dataset, PrincipalId? Reader, DownloadRecord Sum);

/// <summary>The name of a dataset, and who it is shared with.</summary>
public sealed record SharedName(NameRecord Name, IReadOnlyList<GrantRecord> Grants);
