using Hutch.Federation.Copies;
using Hutch.Federation.Links;

namespace Hutch.Federation.Reading;

/// <summary>
/// Sends readers' requests to a home, and pauses for a moment when it cannot be reached, so that not every reader waits for it. A refusal
/// counts as an answer: it is about one dataset or one reader, and the next request is still sent. Thread-safe.
/// </summary>
internal sealed class HomeCircuitBreaker(TimeProvider time) : IDisposable
{
    /// <summary>The most histories of a home that come at a time: each may be large, and is in memory until it is taken in.</summary>
    internal const int MaxAtOnce = 4;

    /// <summary>So long a home that could not be reached is not asked again.</summary>
    internal static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(2);

    internal static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turns = new(MaxAtOnce);
    private readonly AwayMark _mark = new(AwayFor, time);

    /// <summary>The reason why the home cannot be reached; null if it was reached, or is to be tried again.</summary>
    public HutchError? Away => _mark.Away;

    /// <param name="since">The begin of the reader's wait, a timestamp of the clock.</param>
    public async Task<HutchError?> RequestAsync(
        Func<Task<Result<IHomePeer>>> find, Func<IHomePeer, Task<HutchError?>> ask, long since, CancellationToken ct)
    {
        if (!await EnterAsync(_turns, since, time, ct))
        {
            return ErrorCode.Unavailable.With($"It is sending the histories of {MaxAtOnce} other datasets. Try again.");
        }

        try
        {
            // Also when it went away while this one waited.
            return Away ?? await TryAsync(find, ask);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Takes a slot, and waits for it no longer than the request timeout. False if there was none.</summary>
    /// <param name="since">The begin of the reader's wait, a timestamp of the clock.</param>
    internal static async Task<bool> EnterAsync(SemaphoreSlim turns, long since, TimeProvider time, CancellationToken ct)
    {
        if (await turns.WaitAsync(0, ct))
        {
            return true;
        }

        TimeSpan left = RequestTimeout - time.GetElapsedTime(since);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        using var timeout = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await turns.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<HutchError?> TryAsync(Func<Task<Result<IHomePeer>>> find, Func<IHomePeer, Task<HutchError?>> ask)
    {
        Result<IHomePeer> found = await find();
        if (!found.TryGet(out IHomePeer? home, out HutchError? unknown))
        {
            return RecordOutcome(unknown);
        }

        long answers = home.Answers;
        try
        {
            HutchError? problem = await ask(home);
            if (problem is not null && home.Answers == answers)
            {
                return RecordOutcome(ErrorCode.Unavailable.With(problem.Message));
            }

            RecordOutcome(null);
            return problem;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return RecordOutcome(ErrorCode.Unavailable.With($"The connection to it broke: {e.Message.TrimEnd('.')}."));
        }
    }

    public void Dispose() => _turns.Dispose();

    private HutchError? RecordOutcome(HutchError? away)
    {
        _mark.Record(away);
        return away;
    }
}
