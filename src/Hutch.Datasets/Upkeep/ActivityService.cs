using Hutch.Datasets.Servers;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Upkeep;

public sealed class ActivityService
{
    private const int RecentLines = 50;

    private readonly AccountService _accounts;
    private readonly ServerStates _servers;
    private readonly StorageService _storage;
    private readonly JobService _jobs;
    private readonly TimeProvider _time;

    internal ActivityService(
        AccountService accounts, ServerStates servers, StorageService storage, JobService jobs, TimeProvider time) =>
        (_accounts, _servers, _storage, _jobs, _time) = (accounts, servers, storage, jobs, time);

    /// <summary>Reports on the whole site now, with lines of the audit for callers that may read them.</summary>
    public async Task<Result<ActivityReport>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        Result<SiteStorage> stored = allowed.IsOk ? await _storage.ReadAsync(caller, days, ct) : allowed.Error;
        Result<IReadOnlyList<MaintenanceJob>> known = stored.IsOk ? await _jobs.ListAsync(caller, ct) : stored.Error;
        if (!known.IsOk)
        {
            return known.Error;
        }

        Result<IReadOnlyList<AuditRecord>> recent = await _accounts.ReadAuditAsync(
            caller, new AuditSpan { IsNewestFirst = true }, RecentLines, ct);
        IReadOnlyList<ServerAnswer> servers = await _servers.ReadAsync(ct);
        return new ActivityReport(
            _time.GetUtcNow(),
            stored.Value,
            ClusterLoads.Transfers(servers),
            ClusterLoads.Classes(servers),
            known.Value,
            recent.IsOk ? recent.Value : null);
    }
}
