namespace Hutch.Datasets.Programs;

/// <summary>
/// The submissions of one step of the dispatcher: several at once, since each waits for a command of an engine. The first to each engine is
/// alone, so that an engine that refuses everything costs one attempt in each step.
/// </summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class Submissions(int most) : IAsyncDisposable
{
    private readonly Dictionary<string, bool> _accepted = new(StringComparer.Ordinal);
    private readonly List<(RunTaskState Run, Task<bool> Submission)> _running = [];
    private readonly List<RunTaskState> _refused = [];

    /// <summary>True for an engine that refused a submission in this step.</summary>
    public bool IsRefusedBy(string engine) => _accepted.TryGetValue(engine, out bool isAccepted) && !isAccepted;

    /// <summary>Follows a submission that has begun. It may end later; the first to its engine has ended when this returns.</summary>
    public async Task AddAsync(RunTaskState run, Task<bool> submission, CancellationToken ct)
    {
        _running.Add((run, submission));
        if (!_accepted.ContainsKey(run.Engine))
        {
            await submission.WaitAsync(ct);
        }
        else if (_running.Count == most)
        {
            await Task.WhenAny(_running.Select(static one => one.Submission)).WaitAsync(ct);
        }

        foreach ((RunTaskState one, Task<bool> ended) in _running.Where(static one => one.Submission.IsCompleted).ToArray())
        {
            bool isAccepted = await ended;
            _accepted[one.Engine] = isAccepted && _accepted.GetValueOrDefault(one.Engine, true);
            _running.Remove((one, ended));
            if (!isAccepted)
            {
                _refused.Add(one);
            }
        }
    }

    /// <summary>Takes the runs whose submissions an engine has refused since the last call.</summary>
    public IReadOnlyList<RunTaskState> TakeRefused()
    {
        RunTaskState[] refused = [.. _refused];
        _refused.Clear();
        return refused;
    }

    /// <summary>Waits for those that are under way.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Select(static one => one.Submission));
}
