using Hutch.Datasets.Servers;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Upkeep;

public sealed class ActivityService
{
    private const int RecentLines = 50;

    private readonly Authorizer _authorizer;
    private readonly AccountService _accounts;
    private readonly ServerStates _servers;
    private readonly StorageService _storage;
    private readonly JobService _jobs;
    private readonly TimeProvider _time;

    internal ActivityService(
        Authorizer authorizer, AccountService accounts, ServerStates servers, StorageService storage, JobService jobs, TimeProvider time) =>
        (_authorizer, _accounts, _servers, _storage, _jobs, _time) = (authorizer, accounts, servers, storage, jobs, time);

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
        IReadOnlyList<TransferLoad> transfers = ClusterLoads.Transfers(servers);
        return new ActivityReport(
            _time.GetUtcNow(),
            stored.Value,
            transfers,
            ClusterLoads.Classes(servers),
            known.Value,
            recent.IsOk ? recent.Value : null,
            await NamesAsync(caller, transfers, ct));
    }

    private async Task<Dictionary<DatasetId, string>> NamesAsync(Caller caller, IReadOnlyList<TransferLoad> transfers, CancellationToken ct)
    {
        var names = new Dictionary<DatasetId, string>();
        foreach (string? dataset in transfers.Select(static one => one.Dataset).Distinct())
        {
            if (DatasetId.TryParse(dataset, out DatasetId id)
                && (await _authorizer.AuthorizeAsync(caller, id, Operation.DatasetView, ct)).TryGet(out Access access, out _))
            {
                names[id] = access.Dataset.FullName;
            }
        }

        return names;
    }
}
