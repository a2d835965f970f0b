using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Copies;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Copies;

/// <summary>What this site is to have: copies, and what it lost of datasets of which it is to be the home.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WantedCopies(SiteRegistry sites, CopyRegistry registry, CopyIntake intake)
{
    private readonly ConcurrentDictionary<DatasetId, bool> _bases = new();

    /// <summary>Says that this site is the home of a dataset, and lacks what the one before has given up with.</summary>
    public void FetchBase(DatasetId dataset) => _bases[dataset] = true;

    /// <summary>All of it; what was lost comes from the home before, as it had given up.</summary>
    public async Task<List<NameRecord>> ListAsync(CancellationToken ct)
    {
        List<NameRecord> wanted = [.. await registry.AtSiteAsync(sites.OwnId, ct)];
        foreach (DatasetId dataset in _bases.Keys)
        {
            if (await registry.FindAsync(dataset, sites.OwnId, ct) is { Home: { Base: { } from, PreviousId: { } previous } home } name
                && home.SiteId == sites.OwnId && (await intake.FindAsync(dataset, ct))?.History != from)
            {
                wanted.Add(name with { Home = new HomeRecord(previous, home.Epoch - 1) { NextId = sites.OwnId, Released = from } });
            }
            else
            {
                _bases.TryRemove(dataset, out _);
            }
        }

        return wanted;
    }
}
