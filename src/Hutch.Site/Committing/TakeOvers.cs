using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Site.Committing;

/// <summary>
/// What the zone says of homes before the records here do. A change is refused at a copy for good; but where the zone names this site the
/// home, and it is about to take over, the change waits for that, and is refused for now only.
/// </summary>
/// <param name="isNamed">Whether the zone names this site the home of a dataset.</param>
public sealed class TakeOvers(Func<DatasetId, CancellationToken, ValueTask<bool>> isNamed)
{
    /// <summary>So long a change waits: it takes a moment, unless what the home before had accepted is not here.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Commits once more what was refused at a copy, when this site has taken over.</summary>
    /// <param name="copy">The dataset.</param>
    /// <param name="refused">The refusal.</param>
    /// <param name="committer">Where records appear.</param>
    /// <param name="commit">Commits; once more, after a refusal, it does no harm.</param>
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

            await Task.WhenAny(taken.Task, Task.Delay(Patience, time, ct));
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
