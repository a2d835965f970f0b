namespace Hutch.Site.Write.Committing;

/// <summary>Work that waits for the committer: members, and a decision that emits records about them.</summary>
internal abstract class CommitRequest
{
    /// <summary>The bytes to write if the decision is positive.</summary>
    public required IReadOnlyList<StagedMember> Members { get; init; }

    /// <summary>True if it may use the reserve of disk space: deletions, compactions and other requests that free space.</summary>
    public required bool MayUseReserve { get; init; }

    /// <summary>True if its decision failed, and its answer was that failure.</summary>
    public bool IsFaulted { get; set; }

    public long MemberBytes => Members.Sum(member => (long)member.Body.Length);

    /// <summary>Decides; null for acceptance. A refusal leaves no changes.</summary>
    public abstract HutchError? Decide(CommitContext context);

    /// <summary>Answers, after the decision is durable.</summary>
    public abstract void Answer();

    public abstract void Fail(HutchError error);

    public abstract void Fault(Exception exception);
}

internal sealed class CommitRequest<T>(Func<CommitContext, Result<T>> decide) : CommitRequest
{
    private readonly TaskCompletionSource<Result<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T> _decision;

    /// <summary>The answer, once the outcome is durable, refused or unknown.</summary>
    public Task<Result<T>> Answered => _answer.Task;

    public override HutchError? Decide(CommitContext context)
    {
        _decision = decide(context);
        return _decision.Error;
    }

    public override void Answer() => _answer.TrySetResult(_decision);

    public override void Fail(HutchError error) => _answer.TrySetResult(error);

    public override void Fault(Exception exception) => _answer.TrySetException(exception);
}
