namespace Hutch.Site.Write.Committing;

/// <summary>
/// The zone's knowledge of homes before the records of this site have it. A copy refuses changes permanently. But if the zone names this
/// site the home, and it is about to take over, the change waits, and any refusal is temporary.
/// </summary>
public sealed class HomeTakeoverWait(Func<DatasetId, CancellationToken, ValueTask<bool>> isNamed)
{
    /// <summary>The longest wait of a change: a takeover takes a moment, unless the former home's changes are missing here.</summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Repeats a commit that was refused at a copy, after this site has taken over.</summary>
    /// <param name="commit">Commits; a repetition after a refusal is harmless.</param>
    internal async Task<Result<T>> AwaitAsync<T>(
        DatasetId copy, Result<T> refused, Committer committer, Func<Task<Result<T>>> commit, TimeProvider time, CancellationToken ct)
    {
        if (!await isNamed(copy, ct))
        {
            return refused;
        }

        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        committer.Committed += Look;
        try
        {
            // It may have happened since.
            Result<T> answer = await commit();
            if (HomeRule.CopyOf(answer) is null)
            {
                return answer;
            }

            await Task.WhenAny(taken.Task, Task.Delay(WaitTimeout, time, ct));
            ct.ThrowIfCancellationRequested();
            answer = await commit();
            return HomeRule.CopyOf(answer) is null ? answer : HomeRule.Moves;
        }
        finally
        {
            committer.Committed -= Look;
        }

        void Look(IReadOnlyList<JournalRecord> records)
        {
            if (records.Any(record => record is JournalRecord.HomeTaken home && home.Dataset == copy))
            {
                taken.TrySetResult();
            }
        }
    }
}
