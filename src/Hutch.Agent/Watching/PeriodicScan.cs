namespace Hutch.Agent.Watching;

/// <summary>
/// Goes through folders again and again, a round in each period. A round that takes longer than its period ends before the next one begins.
/// </summary>
/// <param name="first">When the first begins.</param>
internal sealed class PeriodicScan(TimeSpan period, TimeSpan first)
{
    private readonly Queue<CandidateFolder> _left = new();

    public bool IsUnderWay => _left.Count > 0;

    public TimeSpan NextAt { get; private set; } = first;

    /// <summary>Begins a round when it is time. False when it is not, or the one before is still under way.</summary>
    public bool TryBegin(TimeSpan now)
    {
        if (IsUnderWay || now < NextAt)
        {
            return false;
        }

        NextAt = now + period;
        return true;
    }

    public void StartNow() => NextAt = TimeSpan.MinValue;

    public void Add(IEnumerable<CandidateFolder> folders)
    {
        foreach (CandidateFolder folder in folders)
        {
            _left.Enqueue(folder);
        }
    }

    public CandidateFolder? Next() => _left.TryDequeue(out CandidateFolder? folder) ? folder : null;
}
