using Hutch.Datasets.Servers;
using Hutch.Messaging.RabbitMq;
using Hutch.Processing.Dispatch;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <summary>Queues, workers, runs and captures at one moment: all of them for operators, for others their own.</summary>
public sealed class LiveService
{
    private const int MaxRuns = 200;

    private readonly Authorizer _authorizer;
    private readonly ClusterRunState _work;
    private readonly RunAttempts _attempts;
    private readonly HealthService _health;
    private readonly ServerStates _servers;
    private readonly BrokerDepths? _broker;
    private readonly TimeProvider _time;

    internal LiveService(
        Authorizer authorizer, ClusterRunState work, RunAttempts attempts, HealthService health, ServerStates servers,
        BrokerDepths? broker, TimeProvider time)
    {
        (_authorizer, _work, _attempts, _health) = (authorizer, work, attempts, health);
        (_servers, _broker, _time) = (servers, broker, time);
    }

    /// <summary>
    /// Looks at it. Reads memory, that of the other servers too; for an operator also the warnings of the site and the queues of a broker.
    /// </summary>
    public async Task<Result<LiveReport>> ReadAsync(Caller caller, CancellationToken ct)
    {
        bool isWhole = Authorizer.Authorize(caller, Operation.SiteRead).IsOk;
        if (!isWhole && Authorizer.Authorize(caller, Operation.RunListOwn) is { IsOk: false } refused)
        {
            return refused.Error;
        }

        ProcessingStatus work = WrongFirst(await _work.ViewAsync(ct), isWhole ? null : caller.Name);
        IReadOnlyList<SiteRun> programs = await _attempts.InProgressAsync(isWhole ? null : caller.Name, MaxRuns, ct);
        IReadOnlyList<ServerAnswer> servers = await _servers.ReadAsync(ct);
        List<CaptureLoad> captures = [.. ClusterLoads.Captures(servers).Where(one => isWhole || one.User == caller.Name)];
        Dictionary<DatasetId, string> names = await NamesAsync(
            caller,
            [
                .. work.Runs.Select(static run => run.Run.Input.Dataset), .. programs.SelectMany(InputOf),
                .. captures.Select(static one => one.Dataset),
            ],
            ct);
        IReadOnlyList<SiteWarning> warnings = isWhole ? await _health.WarningsAsync(ct) : [];
        BrokerStatus? broker = isWhole && _broker is not null ? await _broker.ReadAsync(ct) : null;
        IEnumerable<SiteWarning> atBroker = broker is null ? [] : BrokerProblems.Find(_broker!.Shown, broker, warnings);
        return new LiveReport(
            _time.GetUtcNow(),
            isWhole,
            [.. isWhole ? ClusterLoads.Problems(servers) : [], .. warnings, .. atBroker, .. new LiveProblems(isWhole, names).Find(work)],
            _health.Failure,
            _work.IsOn,
            isWhole ? ClusterLoads.Classes(servers) : [],
            work,
            programs,
            broker,
            captures,
            names);
    }

    /// <summary>Orders slow, stuck and missing parts first; for one user, only the user's runs.</summary>
    private static ProcessingStatus WrongFirst(ProcessingStatus work, string? user) => new(
        [
            .. work.Runs.Where(run => user is null || run.Run.Description.User == user)
                .OrderBy(run => run.State is RunLoadState.Running or RunLoadState.Idle).Take(MaxRuns),
        ],
        user is not null ? [] : [.. work.Workers.OrderBy(worker => worker.State is WorkerLoadState.Working or WorkerLoadState.Idle)],
        user is not null ? [] : work.Queues);

    private static IEnumerable<DatasetId> InputOf(SiteRun run) => run.Inputs.Take(1).Select(static input => input.Dataset);

    private async Task<Dictionary<DatasetId, string>> NamesAsync(
        Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        var names = new Dictionary<DatasetId, string>();
        foreach (DatasetId id in datasets.Distinct())
        {
            if ((await _authorizer.AuthorizeAsync(caller, id, Operation.DatasetView, ct)).TryGet(out Access access, out _))
            {
                names[id] = access.Dataset.FullName;
            }
        }

        return names;
    }
}
