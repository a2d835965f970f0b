namespace Hutch.Site.Write.Committing;

/// <summary>Work that must not overlap with any commit.</summary>
internal sealed class ExclusiveRequest(Func<CancellationToken, Task> work, CancellationToken ct) : CommitRequest
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Answered => _answer.Task;

    public async Task RunAsync()
    {
        try
        {
            await work(ct);
            _answer.TrySetResult();
        }
        catch (OperationCanceledException e)
        {
            _answer.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            _answer.TrySetException(e);
        }
    }

    public override HutchError? Decide(CommitContext context) => throw new InvalidOperationException("This work is not part of a group.");

    public override void Answer() => _answer.TrySetResult();

    public override void Fail(HutchError error) => _answer.TrySetException(error.ToException());

    public override void Fault(Exception exception) => _answer.TrySetException(exception);
}
