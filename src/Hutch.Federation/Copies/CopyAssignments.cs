using Hutch.Zone.Replication.Purges;

namespace Hutch.Federation.Copies;

/// <summary>The datasets that this site must bring: its copies, and missing released states of datasets whose home it becomes.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CopyAssignments(SiteRegistry sites, CopyRegistry registry, PurgeRegistry purges, CopyIntake intake)
{
    private readonly ConcurrentDictionary<DatasetId, bool> _bases = new();
    private readonly ConcurrentDictionary<DatasetId, bool> _came = new();
    private volatile Copied? _copied;

    /// <summary>Rises when there is more of it without a change of the zone.</summary>
    public RisingNumber News { get; } = new();

    /// <summary>Says that this site is the home of a dataset, and lacks what the one before has given up with.</summary>
    public void FetchBase(DatasetId dataset)
    {
        if (_bases.TryAdd(dataset, true))
        {
            News.Raise();
        }
    }

    /// <summary>Notes that a copy came, wholly or in part: its home may have deleted it during this time.</summary>
    public void RequestCheck(DatasetId dataset) => _came[dataset] = true;

    /// <summary>The copies that came since this was last asked.</summary>
    public IReadOnlyList<DatasetId> TakeChecks() => [.. _came.Keys.Where(dataset => _came.TryRemove(dataset, out _))];

    public async ValueTask<bool> IsOverAsync(DatasetId dataset, CancellationToken ct) =>
        await registry.FindAsync(dataset, sites.OwnId, ct) is { Home: { IsOver: true } home } && home.SiteId != sites.OwnId;

    /// <summary>Returns true if the zone has ordered that a dataset ends at every site.</summary>
    public async ValueTask<bool> IsPurgedAsync(DatasetId dataset, CancellationToken ct) =>
        await purges.FindAsync(dataset, ct) is not null;

    /// <summary>
    /// Lists all of them, except datasets that their home deleted. A missing released state comes from the previous home.
    /// </summary>
    public async Task<List<AssignedCopy>> ListAsync(CancellationToken ct)
    {
        List<AssignedCopy> wanted = [.. await CopiedAsync(ct)];
        foreach (DatasetId dataset in _bases.Keys)
        {
            if (await registry.FindAsync(dataset, sites.OwnId, ct) is { Home: { Base: { } from, PreviousId: { } previous } home } name
                && home.SiteId == sites.OwnId && (await intake.FindAsync(dataset, ct))?.History != from)
            {
                var before = new HomeRecord(previous, home.Epoch - 1) { NextId = sites.OwnId, Released = from };
                wanted.Add(new AssignedCopy(name with { Home = before }, default));
            }
            else
            {
                _bases.TryRemove(dataset, out _);
            }
        }

        return wanted;
    }

    /// <summary>Reads the assigned copies, but from the database only after a change of the zone: following needs them often.</summary>
    private async ValueTask<IReadOnlyList<AssignedCopy>> CopiedAsync(CancellationToken ct)
    {
        (long version, string site) = (registry.Version, sites.OwnId);
        if (_copied is { } known && (known.Version, known.Site) == (version, site))
        {
            return known.Copies;
        }

        AssignedCopy[] copies = [.. (await registry.AtSiteAsync(site, ct)).Where(static copy => !copy.Name.Home.IsOver)];
        _copied = new Copied(version, site, copies);
        return copies;
    }

    /// <param name="Version">Of the zone, before it was asked.</param>
    private sealed record Copied(long Version, string Site, IReadOnlyList<AssignedCopy> Copies);
}
