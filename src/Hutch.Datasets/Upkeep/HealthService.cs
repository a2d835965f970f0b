using Hutch.Datasets.Servers;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Committing;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>Whether the server can work. Needs no token, but for where things are: load balancers ask.</summary>
public sealed class HealthService
{
    private readonly Func<long> _applied;
    private readonly Committer _committer;
    private readonly SiteWarnings _warnings;
    private readonly ServerStates _states;

    // Whoever asks while a look is under way shares the next one: many who ask do not make many looks.
    private readonly RequestCoalescer<EngineReport> _look;

    internal HealthService(ISiteEngine engine, Func<long> applied, Committer committer, SiteWarnings warnings, ServerStates states)
    {
        (_applied, _committer, _warnings, _states) = (applied, committer, warnings, states);
        _look = new RequestCoalescer<EngineReport>(engine.ReportAsync);
    }

    /// <summary>Why nothing can be written until the next start; null while all is well.</summary>
    public string? Failure => _committer.Failure;

    /// <summary>What an operator should see to.</summary>
    public ValueTask<IReadOnlyList<SiteWarning>> WarningsAsync(CancellationToken ct) => _warnings.ReadAsync(ct);

    /// <summary>How what the site stands on is. It has addresses in it, which are for operators.</summary>
    public async Task<EngineStatus> EngineAsync(CancellationToken ct)
    {
        EngineReport report = await _look.GetAsync(ct);
        return new EngineStatus(report, report.LastSequence is { } last ? Math.Max(0, last - _applied()) : null);
    }

    /// <summary>The same, with what each server of the site says of itself, for operators.</summary>
    public async Task<Result<EngineStatus>> EngineAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        IReadOnlyList<ServerAnswer> answers = await _states.ReadAsync(ct);
        return await EngineAsync(ct) with { Answers = answers };
    }
}
