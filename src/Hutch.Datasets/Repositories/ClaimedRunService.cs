using Hutch.Datasets.Versions;

namespace Hutch.Datasets.Repositories;

/// <summary>Lists the runs that commits of a dataset claim.</summary>
public sealed class ClaimedRunService(PermanentVersionService versions, IClaimedRuns? claims)
{
    /// <summary>Lists them, newest first; none for a caller without the right to read, who cannot see the commits either.</summary>
    public async Task<IReadOnlyList<ClaimedRun>> ListAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        claims is not null && (await versions.FindReadableAsync(caller, id, ct)).TryGet(out SiteDataset? dataset, out _)
            ? await claims.FindAsync(dataset, ct)
            : [];
}
