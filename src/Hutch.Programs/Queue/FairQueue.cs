using Hutch.Model.Site;

namespace Hutch.Programs.Queue;

/// <summary>
/// The choice of the next run: of the account with the fewest runs at engines, its oldest. One person with 10 000 runs delays the first run
/// of another by one run at most.
/// </summary>
public sealed class FairQueue
{
    private readonly SortedDictionary<string, Queue<RunTaskState>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofStarter = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofProgram = new(StringComparer.Ordinal);
    private readonly int _maxOfStarter;
    private readonly Func<string, int?> _maxOfProgram;

    /// <param name="waiting">The runs that wait, in the order of their starts.</param>
    /// <param name="issued">The runs that engines have.</param>
    /// <param name="maxOfProgram">Returns the number of runs of a program at the same time; null for no limit.</param>
    public FairQueue(
        IEnumerable<RunTaskState> waiting, IEnumerable<RunTaskState> issued, int maxOfStarter, Func<string, int?> maxOfProgram)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        ArgumentNullException.ThrowIfNull(issued);
        (_maxOfStarter, _maxOfProgram) = (maxOfStarter, maxOfProgram);
        foreach (RunTaskState run in waiting)
        {
            if (!_waiting.TryGetValue(run.Starter, out Queue<RunTaskState>? own))
            {
                _waiting.Add(run.Starter, own = new Queue<RunTaskState>());
            }

            own.Enqueue(run);
        }

        foreach (RunTaskState run in issued)
        {
            Count(run, 1);
        }
    }

    /// <summary>Takes the next run; null when none may start.</summary>
    public RunTaskState? Take()
    {
        foreach (string starter in _waiting.Keys.OrderBy(Running).ThenBy(name => _waiting[name].Peek().Sequence).ToArray())
        {
            if (Running(starter) < _maxOfStarter && TakeOf(starter) is { } run)
            {
                Count(run, 1);
                return run;
            }
        }

        return null;
    }

    /// <summary>Returns a run that was taken and did not start. It is not taken again.</summary>
    public void Release(RunTaskState run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Count(run, -1);
    }

    private int Running(string starter) => _ofStarter.GetValueOrDefault(starter);

    // Runs of a program at its limit wait; later ones of another program do not wait for them.
    private RunTaskState? TakeOf(string starter)
    {
        Queue<RunTaskState> own = _waiting[starter];
        RunTaskState? found = own.FirstOrDefault(
            run => !(_ofProgram.GetValueOrDefault(run.Program) >= _maxOfProgram(run.Program)));
        if (found is null)
        {
            return null;
        }

        if (ReferenceEquals(own.Peek(), found))
        {
            own.Dequeue();
        }
        else
        {
            own = _waiting[starter] = new Queue<RunTaskState>(own.Where(run => !ReferenceEquals(run, found)));
        }

        if (own.Count == 0)
        {
            _waiting.Remove(starter);
        }

        return found;
    }

    private void Count(RunTaskState run, int change)
    {
        _ofStarter[run.Starter] = Running(run.Starter) + change;
        _ofProgram[run.Program] = _ofProgram.GetValueOrDefault(run.Program) + change;
    }
}
