using System.Runtime.CompilerServices;

namespace Hutch.Datasets.Analyses;

/// <summary>Results that a caller was allowed to read; it is asked again while they come.</summary>
public sealed class ResultStream
{
    /// <summary>The time between two checks of the right to read.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    private readonly ResultReader _results;
    private readonly RunRegistry _runs;
    private readonly Authenticator _authenticator;
    private readonly Authorizer _authorizer;
    private readonly SiteDataset _dataset;
    private readonly Guid? _run;
    private readonly long _skip;
    private readonly bool _follow;
    private readonly TimeProvider _time;
    private Caller _caller;

    internal ResultStream(
        ResultReader results,
        RunRegistry runs,
        Authenticator authenticator,
        Authorizer authorizer,
        Caller caller,
        SiteDataset dataset,
        Guid? run,
        long skip,
        bool follow,
        TimeProvider time)
    {
        (_results, _runs, _authenticator, _authorizer, _caller) = (results, runs, authenticator, authorizer, caller);
        (_dataset, _run, _skip, _follow, _time) = (dataset, run, skip, follow, time);
    }

    /// <summary>The rows as they are stored, a JSON object each, in the order in which they came.</summary>
    /// <exception cref="HutchException">The caller may no longer read them.</exception>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        DateTimeOffset askAgain = _time.GetUtcNow() + Trust;
        await foreach (SiteResult row in _results.ReadAsync(_dataset, _run, _skip, _follow, ct))
        {
            if (_time.GetUtcNow() >= askAgain)
            {
                _caller = (await _authenticator.RefreshAsync(_caller, ct)).Value;
                _ = (await _authorizer.AuthorizeAsync(_caller, _dataset.Id, Operation.EntryRead, ct)).Value;
                askAgain = _time.GetUtcNow() + Trust;
            }

            yield return row.Row;
        }
    }

    /// <summary>The row of one frame of the run, as it is stored; null when there is none.</summary>
    public async Task<string?> FindAsync(long frame, CancellationToken ct) => _run is Guid run
        ? (await _results.FindAsync(_dataset, run, frame, ct))?.Row
        : throw new InvalidOperationException("A frame can have a row in each run: one must be named.");

    /// <summary>The first row with the largest number in a column, as it is stored; null when no row has a number there.</summary>
    public async Task<string?> FindMostAsync(string column, CancellationToken ct)
    {
        (string? Row, double Value) most = (null, double.NegativeInfinity);
        await foreach (string row in ReadAsync(ct))
        {
            using JsonDocument document = JsonDocument.Parse(row);
            if (document.RootElement.TryGetProperty(column, out JsonElement value) && value.ValueKind == JsonValueKind.Number
                && value.TryGetDouble(out double number) && number > most.Value)
            {
                most = (row, number);
            }
        }

        return most.Row;
    }

    /// <summary>Returns the state of the runs, for a reader that has the last row.</summary>
    public async Task<RunsOutcome> EndAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteRun> runs = _run is Guid id
            ? [(await _runs.GetAsync(id, ct)).Value]
            : [.. (await _runs.ListAsync(new RunFilter(_dataset.Id), null, RunLimits.MaxRunsAtOnce, ct)).Where(
                run => run.Outputs.Contains(_dataset.Id))];
        return new RunsOutcome(
            runs.Count == 0 ? null : runs.Select(run => run.State).MaxBy(Weight),
            runs.Select(run => run.Message).FirstOrDefault(message => message is not null),
            runs.Sum(run => run.Frames ?? 0),
            runs.Sum(run => run.Failures ?? 0),
            runs.Sum(run => run.Skipped?.Frames ?? 0));
    }

    // Of several runs, the one that wants attention gives the state.
    private static int Weight(string state) => state switch { "running" => 3, "failed" => 2, "cancelled" => 1, _ => 0 };
}
