namespace Hutch.Site.Write.Committing;

/// <summary>
/// The rule that only the newest attempt of a run writes results. It is applied inside each commit: a lost node that comes back, or a
/// second node with the same token, changes nothing.
/// </summary>
public static class AttemptRule
{
    private static readonly ErrorCode Late = ErrorCode.Conflict with
    {
        Title = "This attempt is not current",
        Advice = "End this attempt: its run continues without it, or has ended.",
    };

    /// <summary>Returns the refusal of an attempt that may not end its run; null if it may.</summary>
    public static HutchError? FindRefusal(SiteQueries queries, AttemptEnd end)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(end);
        return FindRefusal(queries.Run(end.Attempt.Run), end.Attempt) is { } refusal ? refusal
            : queries.Run(end.Attempt.Run) is { Attempt: { Phase: AttemptPhase.Claimed } now } && now.Claim == end.Claim ? null
            : Late.With($"Another node has claimed attempt {end.Attempt.Number} of the run {end.Attempt.Run:N}.");
    }

    /// <summary>Returns the refusal for an attempt that is not the newest of a run in progress; null if it is.</summary>
    public static HutchError? FindRefusal(SiteRun? run, AttemptKey attempt) =>
        run?.Attempt is not { } now ? ErrorCode.NotFound.With($"There is no run {attempt.Run:N} that an engine of this site executes.")
        : run.Finished is not null ? Late.With($"The run {attempt.Run:N} has ended already ({run.State}).")
        : now.Number != attempt.Number || now.Phase == AttemptPhase.Queued ? Late.With(
            $"Attempt {attempt.Number} of the run {attempt.Run:N} was given up; attempt {now.Number} is the newest.")
        : null;

    public static JournalRecord.RunFinished ToRecord(AttemptEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return new JournalRecord.RunFinished(end.Attempt.Run, end.Outcome, end.Message) { Frames = 0, Failures = 0 };
    }
}
