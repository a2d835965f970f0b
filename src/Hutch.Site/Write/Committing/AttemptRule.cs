namespace Hutch.Site.Write.Committing;

/// <summary>
/// The rule that only the newest attempt of a run writes results. It is applied inside each commit: a lost node that comes back, or a
/// second node with the same token, changes nothing.
/// </summary>
public static class AttemptRule
{
    /// <summary>The most attempts of a run that end with the server: one that ends it each time must stop, too.</summary>
    private const int MaxInterrupted = 20;

    /// <summary>The first attempts that the server interrupts are repeated at once, as after an upgrade.</summary>
    private const int RepeatedAtOnce = 3;

    private static readonly RetryPolicy Interruptions = new() { FirstDelay = TimeSpan.FromSeconds(10), MaxDelay = TimeSpan.FromHours(1) };

    private static readonly ErrorCode Late = ErrorCode.Conflict with
    {
        Title = "This attempt is not current",
        Advice = "End this attempt: its run continues without it, or has ended.",
    };

    /// <summary>Returns the refusal of an attempt that may not end its run; null if it may.</summary>
    public static HutchError? FindRefusal(SiteQueries queries, AttemptEnd end)
    {
        return FindRefusal(queries.Run(end.Attempt.Run), end.Attempt) is { } refusal ? refusal
            : queries.Run(end.Attempt.Run) is { Attempt: { Phase: AttemptPhase.Claimed } now } && now.Claim == end.Claim ? null
            : Late.With($"Another node has claimed attempt {end.Attempt.Number} of the run {end.Attempt.Run:N}.");
    }

    /// <summary>Returns the refusal for an attempt that is not the newest of a run in progress; null if it is.</summary>
    public static HutchError? FindRefusal(SiteRun? run, AttemptKey attempt)
    {
        if (run?.Attempt is not { } now)
        {
            return ErrorCode.NotFound.With($"There is no run {attempt.Run:N} that an engine of this site executes.");
        }

        if (run.Finished is not null)
        {
            return Late.With($"The run {attempt.Run:N} has ended already ({run.State}).");
        }

        if (now.Number != attempt.Number || now.Phase == AttemptPhase.Queued)
        {
            return Late.With(
                $"Attempt {attempt.Number} of the run {attempt.Run:N} was given up; attempt {now.Number} is the newest.");
        }

        return null;
    }

    /// <summary>
    /// Commits an end that was not refused: the run ends, or waits for the next attempt. What follows a run that is done, is part of the
    /// same commit.
    /// </summary>
    /// <param name="inputs">The versions that the run read, if its start could not name them; null otherwise.</param>
    public static void Emit(CommitContext context, AttemptEnd end, IReadOnlyList<VersionReference>? inputs = null)
    {
        JournalRecord record = ToRecord(context, end);
        context.Emit(record is JournalRecord.RunFinished finished ? finished with { Inputs = inputs } : record);
        if (end.Outcome == RunOutcome.Done)
        {
            CloseRule.EmitOfRun(context, context.Queries.Run(end.Attempt.Run)!);
        }

        if (FindFollowed(context.Queries, end) is { } results)
        {
            context.Emit(new JournalRecord.ProgramsWanted(results, end.Attempt.Run));
        }
    }

    /// <summary>Returns the dataset with the results of a run that programs may follow; null for no results, and for a rerun.</summary>
    private static DatasetId? FindFollowed(SiteQueries queries, AttemptEnd end) =>
        end.Outcome == RunOutcome.Done
        && queries.Run(end.Attempt.Run) is { Description: { Repeats: null } work, Inputs: [var input, ..], Outputs: [var output] }
        && queries.HasSwitchOf(work.User, input.Dataset)
        && queries.Dataset(output) is { } results && (results.Snapshot is not null || queries.HasOverlay(results.Key))
            ? output
            : null;

    private static JournalRecord ToRecord(CommitContext context, AttemptEnd end)
    {
        return end is { Outcome: RunOutcome.Failed, Failure: { } failure }
            ? ToRecord(context, end.Attempt.Run, failure, end.ExitCode, end.Message ?? "It failed.")
            : new JournalRecord.RunFinished(end.Attempt.Run, end.Outcome, end.Message) { Frames = 0, Failures = 0 };
    }

    /// <summary>
    /// Returns the record of the current attempt's end with its server. It is no attempt of the program, and is repeated without a limit
    /// that a few restarts reach.
    /// </summary>
    public static JournalRecord ToInterruption(CommitContext context, Guid id, string reason)
    {
        RunAttempt attempt = context.Queries.Run(id)!.Attempt!;
        int interrupted = (attempt.Interrupted ?? 0) + 1;
        return interrupted >= MaxInterrupted
            ? new JournalRecord.RunFinished(
                id, RunOutcome.Failed, $"{reason} That has happened {interrupted} times, and it is not tried again.")
            {
                Frames = 0,
                Failures = 0,
            }
            : new JournalRecord.RunAttempted(id, attempt with
            {
                Phase = AttemptPhase.Queued,
                Reason = reason,
                Interrupted = interrupted,
                NotBefore = interrupted > RepeatedAtOnce
                    ? context.Now + (long)Interruptions.DelayAfter(interrupted - RepeatedAtOnce).TotalMilliseconds
                    : null,
            });
    }

    /// <summary>Returns the record of the current attempt's failure, by the policy of the run's program.</summary>
    public static JournalRecord ToRecord(CommitContext context, Guid id, AttemptFailure failure, int? exitCode, string reason)
    {
        SiteRun run = context.Queries.Run(id)!;
        (RunTask task, RunAttempt attempt) = (run.Description.Task!, run.Attempt!);
        TaskRetry retry = task.Retry ?? TaskRetry.Usual;
        int spent = attempt.Spent + 1;
        if (!retry.Covers(failure, exitCode))
        {
            return new JournalRecord.RunFinished(id, RunOutcome.Failed, reason) { Frames = 0, Failures = 0 };
        }

        return spent >= task.Attempts
            ? new JournalRecord.RunFinished(id, RunOutcome.Failed, $"{reason} This was attempt {attempt.Number}, and the last.")
            {
                Frames = 0,
                Failures = 0,
            }
            : new JournalRecord.RunAttempted(id, attempt with
            {
                Phase = AttemptPhase.Queued,
                Reason = reason,
                Spent = spent,
                NotBefore = retry.DelayAfter(spent) is > 0 and var delay ? context.Now + delay : null,
            });
    }
}
