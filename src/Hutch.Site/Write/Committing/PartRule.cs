namespace Hutch.Site.Write.Committing;

/// <summary>
/// The rule that only the newest attempt of a part of a run changes the part's folder. It is applied inside each commit, so that a process
/// that was given up changes nothing.
/// </summary>
public static class PartRule
{
    private static readonly ErrorCode Late = ErrorCode.Conflict with
    {
        Title = "This attempt of a part is not current",
        Advice = "End it: the part was begun again, or its run has ended.",
    };

    /// <summary>Returns the part, if this attempt of it may end; otherwise the refusal.</summary>
    public static Result<RunPart> RequireCurrent(SiteQueries queries, PartClaim claim)
    {
        if (FindRefusal(queries, claim) is { } refusal)
        {
            return refusal;
        }

        if (queries.Part(claim.Run, claim.Part) is not { } part)
        {
            return ErrorCode.NotFound.With($"The part {Display.Quote(claim.Part)} of the run {claim.Run:N} was not begun.");
        }

        if (part.Claim != claim.Claim || part.State != PartState.Running)
        {
            return Late.With($"Attempt {part.Attempt} of the part {Display.Quote(claim.Part)} is {part.State switch
            {
                PartState.Running => "in progress elsewhere",
                PartState.Done => "done",
                _ => "over, and has failed",
            }}.");
        }

        return part;
    }

    /// <summary>Returns the refusal of a part that may not begin or end in this run; null if it may.</summary>
    public static HutchError? FindRefusal(SiteQueries queries, PartClaim claim)
    {
        SiteRun? run = queries.Run(claim.Run);
        if (run?.Description.Parts is null || queries.IsOfCopy(claim.Run))
        {
            return ErrorCode.NotFound.With($"There is no run {claim.Run:N} with parts at this site.");
        }

        if (run.Finished is not null)
        {
            return Late.With($"The run {claim.Run:N} has ended already ({run.State}).");
        }

        if (run.Description.Task is null)
        {
            return null;
        }

        if (claim.Attempt is not { } attempt)
        {
            return ErrorCode.Forbidden.With($"The parts of the run {claim.Run:N} are executed by an engine of the site.");
        }

        return AttemptRule.FindRefusal(queries, new AttemptEnd(attempt, claim.Claim, RunOutcome.Done, null));
    }
}
