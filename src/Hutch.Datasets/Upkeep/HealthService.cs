using Hutch.Datasets.Servers;
using Hutch.Site.Engines;

namespace Hutch.Datasets.Upkeep;

/// <summary>Reports if the server can work. Needs no token, except for addresses: load balancers ask.</summary>
public sealed class HealthService
{
    private readonly Func<long> _applied;
    private readonly Committer _committer;
    private readonly SiteWarnings _warnings;
    private readonly ServerStates _states;

    // Requests during a probe share the next one: many requests do not cause many probes.
    private readonly RequestCoalescer<EngineReport> _look;

    internal HealthService(ISiteEngine engine, Func<long> applied, Committer committer, SiteWarnings warnings, ServerStates states)
    {
        (_applied, _committer, _warnings, _states) = (applied, committer, warnings, states);
        _look = new RequestCoalescer<EngineReport>(engine.ReportAsync);
    }

    /// <summary>The reason that nothing can be written until the next start; null without a failure.</summary>
    public string? Failure => _committer.Failure;

    public ValueTask<IReadOnlyList<SiteWarning>> WarningsAsync(CancellationToken ct) => _warnings.ReadAsync(ct);

    /// <summary>Returns the status of the site's engine. It contains addresses, which are for operators.</summary>
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
