namespace Hutch.Client.Watching;

/// <summary>
/// Decides which files of a growing folder are finished: those that were seen unchanged for a while, and those that a marker calls
/// finished. It trusts no date: the while is measured here, so that no clock that jumps ends it. For one thread.
/// </summary>
/// <param name="quietFor">The while.</param>
/// <param name="most">The most files to watch at one time; others have their while after these.</param>
internal sealed class FinishedFiles(TimeSpan quietFor, TimeProvider time, int most)
{
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private long _round;

    /// <summary>The number of files in this round that are not finished.</summary>
    internal int Waiting { get; private set; }

    /// <summary>The time until the first of them can be finished; null when none waits for a time.</summary>
    internal TimeSpan? NextIn { get; private set; }

    /// <summary>Begins a round over all files.</summary>
    internal void Begin()
    {
        _round++;
        (Waiting, NextIn) = (0, null);
    }

    /// <summary>Returns true if a file is finished, by what was seen of it until now.</summary>
    /// <param name="marked">
    /// The time of the marker of its folder: what is not newer is finished. Null without a rule about markers.
    /// </param>
    internal bool IsFinished(string path, in FileStatus status, long? marked)
    {
        if (marked is { } end && status.ModifiedNanoseconds <= end)
        {
            return true;
        }

        if (!_seen.TryGetValue(path, out Seen seen) || !seen.Status.SameContents(status))
        {
            if (_seen.Count >= most && !_seen.ContainsKey(path))
            {
                Waiting++;
                Expect(quietFor);
                return false;
            }

            seen = new Seen(status, time.GetTimestamp(), _round);
        }

        _seen[path] = seen with { Round = _round };
        TimeSpan left = quietFor - time.GetElapsedTime(seen.Since);
        if (left <= TimeSpan.Zero)
        {
            return true;
        }

        Waiting++;
        Expect(left);
        return false;
    }

    /// <summary>Notes that a file waits for something other than time.</summary>
    internal void AddWaiting() => Waiting++;

    /// <summary>Ends the round: files that it did not meet are sent or gone, and are forgotten.</summary>
    internal void End()
    {
        foreach ((string path, Seen seen) in _seen)
        {
            if (seen.Round != _round)
            {
                _seen.Remove(path);
            }
        }
    }

    private void Expect(TimeSpan left) => NextIn = NextIn is { } next && next < left ? next : left;

    private readonly record struct Seen(FileStatus Status, long Since, long Round);
}
