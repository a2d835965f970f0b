using Hutch.Disk;
using Hutch.Model;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>Whether the server can work. Needs no token, but for where things are: load balancers ask.</summary>
public sealed class HealthService(ISiteEngine engine, Func<long> applied, Committer committer, SiteWarnings warnings)
{
    // Whoever asks while a look is under way shares the next one: many who ask do not make many looks.
    private readonly SharedQuestion<EngineReport> _look = new(engine.ReportAsync);

    /// <summary>Why nothing can be written until the next start; null while all is well.</summary>
    public string? Failure => committer.Failure;

    /// <summary>What an operator should see to.</summary>
    public ValueTask<IReadOnlyList<SiteWarning>> WarningsAsync(CancellationToken ct) => warnings.ReadAsync(ct);

    /// <summary>How what the site stands on is. It has addresses in it, which are for operators.</summary>
    public async Task<EngineStatus> EngineAsync(CancellationToken ct)
    {
        EngineReport report = await _look.AskAsync(ct);
        return new EngineStatus(report, report.LastSequence is { } last ? Math.Max(0, last - applied()) : null);
    }

    /// <summary>The same, with the servers of the site, for operators.</summary>
    public async Task<Result<EngineStatus>> EngineAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        return allowed.IsOk ? await EngineAsync(ct) : allowed.Error;
    }
}
