namespace Hutch.Datasets.Programs;

/// <summary>
/// The submissions of one step of the dispatcher: several at once, since each waits for a command of an engine. The first to each engine is
/// alone, so that an engine that refuses everything costs one attempt in each step.
/// </summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class Submissions(int most) : IAsyncDisposable
{
    private readonly Dictionary<string, bool> _accepted = new(StringComparer.Ordinal);
    private readonly List<(string Engine, Task<bool> Submission)> _running = [];

    /// <summary>True for an engine that refused a submission in this step.</summary>
    public bool IsRefusedBy(string engine) => _accepted.TryGetValue(engine, out bool isAccepted) && !isAccepted;

    /// <summary>Follows a submission that has begun; false if the engine is known to have refused it.</summary>
    public async Task<bool> AddAsync(string engine, Task<bool> submission, CancellationToken ct)
    {
        _running.Add((engine, submission));
        if (!_accepted.ContainsKey(engine))
        {
            await submission.WaitAsync(ct);
        }
        else if (_running.Count == most)
        {
            await Task.WhenAny(_running.Select(static one => one.Submission)).WaitAsync(ct);
        }

        foreach ((string name, Task<bool> ended) in _running.Where(static one => one.Submission.IsCompleted).ToArray())
        {
            _accepted[name] = await ended && _accepted.GetValueOrDefault(name, true);
            _running.Remove((name, ended));
        }

        return !submission.IsCompleted || await submission;
    }

    /// <summary>Waits for those that are under way.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Select(static one => one.Submission));
}
