using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Fairness;
using Hutch.Site.Maintenance;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

public sealed class ActivityService(AccountService accounts, WorkShares work, StorageService storage, JobService jobs, TimeProvider time)
{
    private const int MaxTransfers = 200;
    private const int RecentLines = 50;

    /// <summary>Work by class, as it is now.</summary>
    internal IReadOnlyList<ClassLoad> Classes => [.. WorkClasses.All.Select(LoadOf)];

    /// <summary>The whole site now; lines of the audit for who may read them.</summary>
    public async Task<Result<ActivityReport>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        Result<SiteStorage> stored = allowed.IsOk ? await storage.ReadAsync(caller, days, ct) : allowed.Error;
        Result<IReadOnlyList<MaintenanceJob>> known = stored.IsOk ? await jobs.ListAsync(caller, ct) : stored.Error;
        if (!known.IsOk)
        {
            return known.Error;
        }

        Result<IReadOnlyList<AuditRecord>> recent = await accounts.ReadAuditAsync(
            caller, new AuditSpan { IsNewestFirst = true }, RecentLines, ct);
        return new ActivityReport(
            time.GetUtcNow(),
            stored.Value,
            [.. work.Registry.Running.Where(IsTransfer).OrderBy(one => one.Started).Take(MaxTransfers)],
            Classes,
            known.Value,
            recent.IsOk ? recent.Value : null);
    }

    /// <summary>Small requests come and go; what has moved something, and every job, is worth a line.</summary>
    private static bool IsTransfer(Work work) =>
        work.BytesRead + work.BytesWritten > 0 || work.Class is WorkClass.Bulk or WorkClass.Background;

    private ClassLoad LoadOf(WorkClass workClass)
    {
        (long read, long written, long perSecond, int running) = work.Registry.Of(workClass);
        return new ClassLoad(workClass, running, work.Gate.WaitingOf(workClass), read, written, perSecond);
    }
}
