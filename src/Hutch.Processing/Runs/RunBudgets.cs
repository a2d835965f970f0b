using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>
/// The processor time of programs, and its limits by the owner of the results. An attempt reserves its cores for its time limit inside the
/// commit that hands it to an engine, and takes no more than that: no budget is ever exceeded, however many runs start at once.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class RunBudgets
{
    private const double CoreHour = 3_600_000;

    private static readonly ErrorCode UsedUp = ErrorCode.InsufficientStorage with
    {
        Title = "The budget of processor time is used up",
        Advice = "Ask an administrator for a larger budget. Runs that wait start when their budget allows it.",
    };

    private readonly Committer _committer;
    private readonly SiteDatabase _records;
    private readonly TimeProvider _time;

    internal RunBudgets(Committer committer, SiteDatabase records, TimeProvider time) =>
        (_committer, _records, _time) = (committer, records, time);

    /// <summary>Sets the budget of an owner. One below the use ends no run.</summary>
    /// <param name="coreSeconds">The most seconds, each of one core; null for no limit.</param>
    public Task<Result<Done>> SetAsync(string owner, long? coreSeconds, bool isMonthly, string by, CancellationToken ct) =>
        _committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.BudgetSet(owner, coreSeconds, isMonthly, by));
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);

    public ValueTask<(ProcessorBudget? Budget, ProcessorUse Use)> FindAsync(string owner, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => (queries.Budget(owner), queries.ProcessorUseOf(owner, Now)), ct);

    /// <summary>Lists all owners with a budget or a use.</summary>
    public ValueTask<IReadOnlyList<(ProcessorBudget? Budget, ProcessorUse Use)>> ListAsync(CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyList<(ProcessorBudget?, ProcessorUse)>>(
            queries =>
            [
                .. queries.Budgets().Select(static budget => budget.Owner).Union(queries.ProcessorUsers()).Order(StringComparer.Ordinal)
                    .Select(owner => (queries.Budget(owner), queries.ProcessorUseOf(owner, Now))),
            ],
            ct);

    /// <summary>Returns the reason why a run must not be started: an attempt may take more than is left; null if it may start.</summary>
    /// <param name="mayWait">True for a run that may wait: it is refused only if an attempt may take more than the whole budget.</param>
    public ValueTask<HutchError?> FindRefusalAsync(string payer, RunTask task, bool mayWait, CancellationToken ct) =>
        _records.ReadConsistentAsync(
            queries => queries.Budget(payer) is { } budget && queries.ProcessorUseOf(payer, Now) is var use
                && task.MaxCoreMilliseconds > budget.CoreMilliseconds - (mayWait ? 0 : use.UsedOf(budget))
                    ? ToRefusal(budget, use, task)
                    : null,
            ct);

    /// <summary>Returns the reason why a run that waits for an engine has to wait for its budget; null if it has not.</summary>
    public ValueTask<HutchError?> FindDelayAsync(RunTask task, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => FindRefusal(queries, task, Now), ct);

    /// <summary>Returns the processor time that payers have left for further attempts; those without a budget are left out.</summary>
    public ValueTask<IReadOnlyDictionary<string, long>> TimeLeftAsync(IEnumerable<string> payers, CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyDictionary<string, long>>(
            queries => payers.Distinct(StringComparer.Ordinal).Select(queries.Budget).OfType<ProcessorBudget>().ToDictionary(
                static budget => budget.Owner,
                budget => LeftIn(budget, queries.ProcessorUseOf(budget.Owner, Now)),
                StringComparer.Ordinal),
            ct);

    /// <summary>Returns the refusal if a further attempt may take more than what its payer has left; null if it may begin.</summary>
    internal static HutchError? FindRefusal(SiteQueries queries, RunTask task, long now) =>
        task.Payer is { } payer && queries.Budget(payer) is { } budget && queries.ProcessorUseOf(payer, now) is var use
        && task.MaxCoreMilliseconds > LeftIn(budget, use)
            ? ToRefusal(budget, use, task)
            : null;

    private static long LeftIn(ProcessorBudget budget, ProcessorUse use) =>
        budget.CoreMilliseconds - use.UsedOf(budget) - use.Reserved;

    private static HutchError ToRefusal(ProcessorBudget budget, ProcessorUse use, RunTask task)
    {
        long used = use.UsedOf(budget);
        TaskLimits limits = task.NodeLimits;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"Programs of '{budget.Owner}' have used {used / CoreHour:0.####} of {budget.CoreSeconds / 3600.0:0.####} core hours"
            + $"{(budget.IsMonthly ? " for this month" : "")}, and those at engines may use {use.Reserved / CoreHour:0.####}. This run "
            + $"may use {task.MaxCoreMilliseconds / CoreHour:0.####} (cores: {limits.Cores}, time limit: {limits.Seconds} s).");
        HutchError refusal = HutchError.OfQuota(
            text, budget.Owner, "core-seconds", budget.CoreSeconds, used / 1000, task.MaxCoreMilliseconds / 1000);
        return refusal with { Code = UsedUp };
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
