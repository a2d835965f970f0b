using Hutch.Model.Site;

namespace Hutch.Programs.Queue;

/// <summary>
/// The choice of the next run: of the programs with the highest priority, of the account with the fewest runs at engines, its oldest. One
/// person with 10 000 runs delays the first run of another by one run at most.
/// </summary>
/// <remarks>
/// It knows the first run of each account, program and engine. The caller adds the run behind one that it took.
/// </remarks>
public sealed class FairQueue
{
    private readonly Dictionary<string, List<RunTaskState>> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofStarter = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofProgram = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _timeLeft = [];
    private readonly int _maxOfStarter;
    private readonly IReadOnlyDictionary<string, int> _counted;
    private readonly Func<string, ProgramShare> _shareOf;

    /// <param name="first">The oldest run of each account, program and engine that waits.</param>
    /// <param name="issued">The runs that engines have.</param>
    /// <param name="counted">The resources of the site that are counted, such as licences, with their number.</param>
    /// <param name="shareOf">Returns the share of a program.</param>
    public FairQueue(
        IEnumerable<RunTaskState> first, IEnumerable<RunTaskState> issued, int maxOfStarter, IReadOnlyDictionary<string, int> counted,
        Func<string, ProgramShare> shareOf)
    {
        (_maxOfStarter, _counted, _shareOf) = (maxOfStarter, counted, shareOf);
        foreach (RunTaskState run in first)
        {
            Add(run);
        }

        foreach (RunTaskState run in issued)
        {
            Count(run, 1);
        }
    }

    /// <summary>
    /// The processor time, in milliseconds of one core, that payers have left for further attempts; payers without a limit are left out.
    /// </summary>
    public IReadOnlyDictionary<string, long> TimeLeft
    {
        init => _timeLeft = new Dictionary<string, long>(value, StringComparer.Ordinal);
    }

    /// <summary>Adds the run behind one that was taken.</summary>
    public void Add(RunTaskState run)
    {
        if (!_first.TryGetValue(run.Starter, out List<RunTaskState>? own))
        {
            _first.Add(run.Starter, own = []);
        }

        own.Add(run);
    }

    /// <summary>Takes the next run; null when none may start.</summary>
    public RunTaskState? Take()
    {
        RunTaskState? next = _first.Where(one => Running(one.Key) < _maxOfStarter)
            .SelectMany(static one => one.Value)
            .Where(run => HasTimeLeft(run) && IsBelowLimit(run))
            .MinBy(run => (-_shareOf(run.Program).Priority, Running(run.Starter), run.Sequence));
        if (next is not null)
        {
            _first[next.Starter].Remove(next);
            Count(next, 1);
            Reserve(next, next.MaxCoreMilliseconds);
        }

        return next;
    }

    /// <summary>Returns a run that was taken and did not start. It is not taken again.</summary>
    public void Release(RunTaskState run)
    {
        Count(run, -1);
        Reserve(run, -run.MaxCoreMilliseconds);
    }

    private int Running(string starter) => _ofStarter.GetValueOrDefault(starter);

    // It may wait for weeks, and nothing is asked about it in that time.
    private bool HasTimeLeft(RunTaskState run) => !_timeLeft.TryGetValue(run.Payer, out long left) || run.MaxCoreMilliseconds <= left;

    private void Reserve(RunTaskState run, long time)
    {
        if (_timeLeft.TryGetValue(run.Payer, out long left))
        {
            _timeLeft[run.Payer] = left - time;
        }
    }

    // Runs of a program at its limit wait; those of another program do not wait for them.
    private bool IsBelowLimit(RunTaskState run)
    {
        ProgramShare share = _shareOf(run.Program);
        return !(_ofProgram.GetValueOrDefault(run.Program) >= share.Running)
            && share.Uses.All(use => _used.GetValueOrDefault(use.Key) + use.Value <= _counted.GetValueOrDefault(use.Key));
    }

    private void Count(RunTaskState run, int change)
    {
        _ofStarter[run.Starter] = Running(run.Starter) + change;
        _ofProgram[run.Program] = _ofProgram.GetValueOrDefault(run.Program) + change;
        foreach ((string resource, int number) in _shareOf(run.Program).Uses)
        {
            _used[resource] = _used.GetValueOrDefault(resource) + (change * number);
        }
    }
}
