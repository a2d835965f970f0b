using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Zone;
using Hutch.Site.Fairness;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>What goes on at the site.</summary>
public sealed class ActivityService(AccountService accounts, WorkShares work, StorageService storage, JobService jobs, TimeProvider time)
{
    private const int MaxTransfers = 200;
    private const int RecentLines = 50;

    /// <summary>The whole site now; lines of the audit for who may read them.</summary>
    public async Task<Result<SiteActivity>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        Result<StorageInfo> stored = allowed.IsOk ? await storage.ReadAsync(caller, days, ct) : allowed.Error;
        Result<Page<JobInfo>> known = stored.IsOk ? jobs.List(caller) : stored.Error;
        if (!known.IsOk)
        {
            return known.Error;
        }

        Result<IReadOnlyList<AuditRecord>> recent = await accounts.ReadAuditAsync(
            caller, new AuditSpan { IsNewestFirst = true }, RecentLines, ct);
        DateTimeOffset now = time.GetUtcNow();
        WorkRegistry registry = work.Registry;
        return new SiteActivity
        {
            Time = now,
            Storage = stored.Value,
            Transfers =
            [
                .. registry.Running.Where(IsTransfer).OrderBy(one => one.Started).Take(MaxTransfers).Select(one => ToInfo(one, now)),
            ],
            Classes = [.. WorkClasses.All.Select(workClass => ToInfo(registry, workClass))],
            Jobs = known.Value.Items,
            Recent = recent.IsOk ? [.. recent.Value.Select(ToInfo)] : null,
        };
    }

    public static AuditInfo ToInfo(AuditRecord line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return new AuditInfo
        {
            Sequence = line.Sequence,
            Time = line.At,
            User = line.Actor.Name,
            Token = line.Actor.Credential,
            Action = line.Action,
            Target = line.Target,
            Detail = line.Detail,
        };
    }

    /// <summary>Small requests come and go; what has moved something, and every job, is worth a line.</summary>
    private static bool IsTransfer(Work work) =>
        work.BytesRead + work.BytesWritten > 0 || work.Class is WorkClass.Bulk or WorkClass.Background;

    private static TransferInfo ToInfo(Work work, DateTimeOffset now) => new()
    {
        User = work.User.Length == 0 ? null : work.User,
        Door = work.Door,
        What = work.What,
        Dataset = DatasetId.TryParse(work.Dataset, out DatasetId dataset) ? dataset : null,
        Class = work.Class.ToName(),
        Started = work.Started,
        BytesRead = work.BytesRead,
        BytesWritten = work.BytesWritten,
        BytesPerSecond = (long)((work.BytesRead + work.BytesWritten) / Math.Max(1, (now - work.Started).TotalSeconds)),
    };

    private WorkClassInfo ToInfo(WorkRegistry registry, WorkClass workClass)
    {
        (long read, long written, long perSecond, int running) = registry.Of(workClass);
        return new WorkClassInfo
        {
            Class = workClass.ToName(),
            Running = running,
            Waiting = work.Gate.WaitingOf(workClass),
            BytesRead = read,
            BytesWritten = written,
            BytesPerSecond = perSecond,
        };
    }
}
