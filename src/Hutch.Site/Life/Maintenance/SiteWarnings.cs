using System.Diagnostics.Metrics;

namespace Hutch.Site.Life.Maintenance;

/// <summary>The warnings for an operator: logged at the start, and shown by /health/ready while they apply.</summary>
public sealed partial class SiteWarnings : IDisposable
{
    private readonly IEngineWarnings _engine;
    private readonly List<Func<IEnumerable<SiteWarning>>> _others = [];
    private readonly Meter _meter = new("Hutch.Site");
    private int _reportedCount;

    internal SiteWarnings(IEngineWarnings engine)
    {
        _engine = engine;
        _meter.CreateObservableGauge(
            "hutch.site.warnings",
            () => (long)Volatile.Read(ref _reportedCount),
            description: "Warnings for the operator; /health/ready lists them");
    }

    /// <summary>Adds a condition that is checked at each read; only during composition.</summary>
    public void Add(Func<SiteWarning?> condition) => AddMany(() => condition() is { } warning ? [warning] : []);

    /// <summary>Adds a condition with several possible warnings, likewise.</summary>
    public void AddMany(Func<IEnumerable<SiteWarning>> conditions) => _others.Add(conditions);

    public async ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct)
    {
        List<SiteWarning> all =
            [.. _others.SelectMany(static ask => ask()), .. await _engine.ReadAsync(ct)];
        Volatile.Write(ref _reportedCount, all.Count);
        return all;
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Returns the damage and losses in the store, a sentence each.</summary>
    public async ValueTask<IReadOnlyList<string>> DamageAsync(CancellationToken ct) =>
        [.. (await _engine.ReadAsync(ct)).Select(static warning => warning.Message)];

    internal async Task LogAsync(ILogger logger, CancellationToken ct)
    {
        foreach (SiteWarning warning in await ReadAsync(ct))
        {
            LogWarning(logger, warning.Message, warning.Advice);
        }
    }

    [LoggerMessage(EventId = 3310, Level = LogLevel.Warning, Message = "{What} {Advice}")]
    private static partial void LogWarning(ILogger logger, string what, string advice);
}

/// <summary>A condition that the site tolerates but an operator should handle.</summary>
/// <param name="Kind">Its kind, in one word that does not change: <c>segments-lost</c>, <c>records-rebuilt</c>, …</param>
/// <param name="Advice">The next step, in a sentence.</param>
public sealed record SiteWarning(string Kind, string Message, string Advice)
{
    /// <summary>
    /// True if only operators may read the message, as it contains private data: folders of the facility often contain names of people.
    /// /health/ready, which is public, then shows the kind and the advice.
    /// </summary>
    public bool IsConfidential { get; init; }
}
