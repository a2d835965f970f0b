using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention;

/// <summary>
/// Computes how long the files of a folder stay at the facility, and which notices are due. It has no state and reads no clock: the result
/// depends only on its arguments, so that a wrong clock does no lasting harm.
/// </summary>
/// <remarks>
/// The retention begins when acquisition ends. The rule of the folder sets its length. An operator may shorten or extend it in the block;
/// an owner may extend it, within the limit of the rule. If they differ, or two blocks of a folder do, the later end counts.
/// </remarks>
public static class RetentionClock
{
    /// <param name="state">The owner's wish, and the notices that were sent.</param>
    /// <param name="acquisitionEnded">The end of acquisition; null during acquisition.</param>
    public static RetentionReading Read(
        FolderRule rule, RemovalRequest removal, RetentionState state, DateTimeOffset? acquisitionEnded, DateTimeOffset now)
    {
        string? problem = removal.IsRemoved
            ? removal.Problem
            : removal.All.Select(one => ProblemOf(rule, one, acquisitionEnded)).FirstOrDefault(one => one is not null);
        if (removal.IsRemoved || state.Removed is not null)
        {
            return new RetentionReading { Problem = problem };
        }

        if (acquisitionEnded is not { } began)
        {
            return new RetentionReading { IsAcquiring = true, IsLimited = WithoutOwner(rule, removal, now) is not null, Problem = problem };
        }

        DateTimeOffset? limit = rule.MaxKeep?.After(began);
        DateTimeOffset? usual = WithoutOwner(rule, removal, began);
        DateTimeOffset? end = WithOwner(usual, state, limit);
        bool isOver = end <= now;
        return new RetentionReading
        {
            IsLimited = usual is not null,
            End = end,
            OwnersLimit = limit,
            IsOver = isOver,
            MustTellEnd = isOver && state.EndTold != end,
            Reminder = isOver || end is not { } comes ? null : Due(rule, state, began, comes, now),
            Problem = problem,
        };
    }

    private static DateTimeOffset? WithoutOwner(FolderRule rule, RemovalRequest removal, DateTimeOffset began)
    {
        DateTimeOffset?[] ends = [.. removal.All.Select(one => EndOf(rule, one, began))];
        return ends.Length == 0 ? rule.Keep?.After(began) : ends.Aggregate(Later);
    }

    private static DateTimeOffset? EndOf(FolderRule rule, RemovalRequest removal, DateTimeOffset began)
    {
        DateTimeOffset? ruleEnd = rule.Keep?.After(began);
        if (removal.Problem is not null)
        {
            // The request is unclear, so that the files stay.
            return null;
        }

        if (removal.Removing is not { } removing)
        {
            return ruleEnd;
        }

        // Where an operator thought better of it, fs2od left a time without 'primary' in the block: that ends nothing early.
        DateTimeOffset? asked = removing.From(began);
        return removal.AsksRemoval ? asked : Later(ruleEnd, asked);
    }

    private static DateTimeOffset? WithOwner(DateTimeOffset? end, RetentionState state, DateTimeOffset? limit)
    {
        if (state.KeepForever)
        {
            return Later(end, limit);
        }

        return state.KeepUntil is { } until ? Later(end, limit < until ? limit : until) : end;
    }

    /// <summary>
    /// Of the reminders whose time has come only the latest, and only when it is later than the last one that was sent: after a long
    /// pause people hear of the end once.
    /// </summary>
    private static DueReminder? Due(FolderRule rule, RetentionState state, DateTimeOffset began, DateTimeOffset end, DateTimeOffset now)
    {
        DueReminder? latest = rule.Remind.Select(before => new DueReminder(before, before.Before(end)))
            .Where(reminder => began < reminder.Due && reminder.Due <= now)
            .MaxBy(reminder => reminder.Due);
        bool isSent = state.Reminded is { } sent && sent.End == end && latest?.Due <= sent.Due;
        return isSent ? null : latest;
    }

    private static string? ProblemOf(FolderRule rule, RemovalRequest removal, DateTimeOffset? acquisitionEnded)
    {
        BlockOptions keys = rule.Options.Block;
        if (removal.Problem is not null)
        {
            return removal.Problem;
        }

        if (removal.AsksRemoval && removal.Removing is null && rule.Keep is null)
        {
            return $"'{keys.DeniedProviders}' asks for removal, but nothing says when: add '{keys.RemovingTime}', such as 60d.";
        }

        bool isIgnored = !removal.AsksRemoval && acquisitionEnded is { } began && removal.Removing?.From(began) is { } asked
            && (rule.Keep is null || asked < rule.Keep.Value.After(began));
        return isIgnored
            ? $"'{keys.RemovingTime}' is earlier than the folder's rule says, and is ignored unless '{keys.DeniedProviders}' is "
                + $"[{RemovalRequest.Primary}]."
            : null;
    }

    /// <summary>The later of two ends; null is never.</summary>
    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other is null ? null : one > other ? one : other;
}
