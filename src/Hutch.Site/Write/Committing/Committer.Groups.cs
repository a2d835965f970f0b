namespace Hutch.Site.Write.Committing;

/// <summary>One group, from the lock of the log to the answers, and the handling of failures at each step.</summary>
/// <remarks>
/// Until the append begins, any failure means that nothing was changed. Once it has begun, only a <see cref="StorageRefusedException"/>
/// means that; after any other exception, the outcome is unknown. Once it has ended the group is committed, and no failure changes that.
/// </remarks>
public sealed partial class Committer
{
    /// <summary>
    /// The most appends of one group when the log loses its answer and the next attempt finds the group missing. One broken connection
    /// costs one. A log that loses three in a row is faulty, and all other writers wait behind this group.
    /// </summary>
    private const int MaxAppends = 3;

    private static readonly HutchError NoSpace = ErrorCode.InsufficientStorage.With(
        "No space left on the server's disk for the records of this site. Nothing was changed.");

    /// <summary>Its name stands for an outcome that is not known, and its status for the reason.</summary>
    private static readonly ErrorCode UnknownOnFullDisk = ErrorCode.OutcomeUnknown with
    {
        Status = ErrorCode.InsufficientStorage.Status,
    };

    private enum Step
    {
        Appended,
        Answered,
        OneByOne,
        Unknown,
    }

    private async Task CommitGroupAsync(List<CommitRequest> group)
    {
        if (Failure is { } failure)
        {
            FailAll(group, ErrorCode.Unavailable.With(failure));
            return;
        }

        if (TryCatchUp() is { } refusal)
        {
            FailAll(group, refusal);
            return;
        }

        Step step = await AcquireLogAsync(group, null);
        for (int appends = 1; step == Step.Unknown; appends++)
        {
            step = appends < MaxAppends ? await AcquireLogAsync(group, _unknown) : FailUnknown(group, _unknown!);
        }

        if (step == Step.Appended)
        {
            AnswerPublished(group, await _publisher.PublishAsync(_stop.Token));
        }
        else if (step == Step.OneByOne)
        {
            await CommitOneByOneAsync(group);
        }
    }

    /// <summary>Uses the lock of the log: applies the groups of other servers, then decides and appends this one.</summary>
    /// <param name="unknown">
    /// The failure of an earlier append of this same group, whose outcome this attempt may learn; null at first.
    /// </param>
    private async Task<Step> AcquireLogAsync(List<CommitRequest> group, Exception? unknown)
    {
        ILogLock logLock;
        try
        {
            // No token: the group belongs to many requests, and no one's may end it for the others.
            logLock = await _log.AcquireAsync(_records.AppliedSequence, CancellationToken.None);
        }
        catch (Exception e)
        {
            return unknown is null ? FailUnreached(group, e) : FailUnknown(group, unknown);
        }

        await using (logLock)
        {
            if (FindUnapplied(logLock.Missed) is { } refusal)
            {
                return unknown is null ? Fail(group, refusal) : FailUnknown(group, unknown);
            }

            if (unknown is not null && logLock.LastAppend != AppendOutcome.NotThere)
            {
                return logLock.LastAppend == AppendOutcome.There ? AnswerDecided() : FailUnknown(group, unknown);
            }

            if (group == _group)
            {
                // The lock of a shared log may have taken a while: requests that came during this time join the group.
                FillGroup();
            }

            if (!TryDecide(group, logLock.Now))
            {
                return Step.Answered;
            }

            if (group.Count > 1 && _decision.IsTooLarge)
            {
                _decision.Discard();
                return Step.OneByOne;
            }

            return await AppendAsync(logLock, group);
        }
    }

    /// <summary>Makes the group visible that waits for space in the records; returns the refusal of all others while it waits.</summary>
    private HutchError? TryCatchUp() => !_publisher.WaitsForSpace ? null
        : _publisher.CatchUp() is var outcome && outcome == PublishOutcome.Visible ? null
        : RefusalOf(outcome);

    /// <summary>
    /// Applies the groups of other servers in a separate transaction and notifies the caches; returns a refusal when the database refuses.
    /// </summary>
    private HutchError? FindUnapplied(IReadOnlyList<JournalGroup> missed)
    {
        if (missed.Count == 0)
        {
            return null;
        }

        PublishOutcome outcome = _publisher.Apply(missed.Select(static group => group.Lines));
        if (outcome != PublishOutcome.Visible)
        {
            return RefusalOf(outcome);
        }

        // What the decisions keep of the records in memory is older than these.
        _context.DiscardGroup();
        return null;
    }

    private HutchError RefusalOf(PublishOutcome outcome)
    {
        if (outcome == PublishOutcome.Full)
        {
            return NoSpace;
        }

        FailRecords();
        return ErrorCode.Unavailable.With(Failure!);
    }

    private void FailRecords()
    {
        Exception e = _publisher.Failure!;
        if (SiteDatabase.IsDamage(e))
        {
            RecordsDamaged?.Invoke(e);
        }

        Fail(e);
    }

    /// <summary>Lets each request decide; false when a failure prevented that, and all requests were answered.</summary>
    private bool TryDecide(List<CommitRequest> group, long now)
    {
        try
        {
            _decision.Decide(group, Math.Max(_reached, _records.AppliedSequence), now);
            return true;
        }
        catch (Exception e) when (SiteDatabase.IsFailure(e))
        {
            FailUnrecorded(group, e);
        }
        catch (Exception e)
        {
            _decision.Discard();
            LogFault(_logger, e);
            group.ForEach(request => request.Fault(e));
        }

        return false;
    }

    private async Task<Step> AppendAsync(ILogLock logLock, List<CommitRequest> group)
    {
        if (_decision.Group.IsEmpty)
        {
            return Step.Appended;
        }

        try
        {
            await logLock.AppendAsync(_decision.Group, CancellationToken.None);
            return Step.Appended;
        }
        catch (StorageRefusedException e)
        {
            _decision.Discard();
            if (e is StorageFullException && group.Count > 1)
            {
                // What frees space may use the reserve, but not in a group with what needs space.
                return Step.OneByOne;
            }

            return Fail(group, RefusedWrite.From(e, "Nothing was changed."));
        }
        catch (Exception e)
        {
            _unknown = e;
            _reached = _context.Sequence;
            _decision.Discard();
            return Step.Unknown;
        }
    }

    private static Step Fail(List<CommitRequest> group, HutchError error)
    {
        FailAll(group, error);
        return Step.Answered;
    }

    /// <summary>
    /// Answers the group after an append of unknown outcome: it is in the log, and was applied with the groups of other servers.
    /// </summary>
    private Step AnswerDecided()
    {
        _decision.Answer();
        return Step.Answered;
    }

    private Step FailUnreached(List<CommitRequest> group, Exception e)
    {
        LogNotReached(_logger, e);
        return Fail(group, ErrorCode.Unavailable.With(
            $"The site's log cannot be reached ({e.Message}). Nothing was changed: try again later."));
    }

    /// <summary>Its sequence numbers are not used again: if the log has the group after all, it precedes the next one.</summary>
    private Step FailUnknown(List<CommitRequest> group, Exception e)
    {
        LogUnknownOutcome(_logger, group.Count, e);
        return Fail(group, ErrorCode.OutcomeUnknown.With(
            "The disk did not confirm the write: it was stored completely or not at all. Send it again: a retry is safe."));
    }

    private void FailUnrecorded(List<CommitRequest> group, Exception e)
    {
        if (SiteDatabase.IsDamage(e))
        {
            RecordsDamaged?.Invoke(e);
        }

        _decision.Discard();
        if (SiteDatabase.IsFull(e))
        {
            FailAll(group, NoSpace);
            return;
        }

        LogFault(_logger, e);
        FailAll(group, ErrorCode.Unavailable.With(
            $"The records database refused the change ({e.Message}). Nothing was changed. Try again, "
            + "and tell the operator if it keeps failing."));
    }

    private void AnswerPublished(List<CommitRequest> group, PublishOutcome outcome)
    {
        switch (outcome)
        {
            case PublishOutcome.Visible:
                _decision.Answer();
                return;
            case PublishOutcome.Full:
                FailAll(group, UnknownOnFullDisk.With(
                    "No space left on the server's disk. The write is stored, and becomes visible when there is space. A retry is safe."));
                _recovering = _recovering.IsCompleted ? RecoverAsync(_stop.Token) : _recovering;
                return;
            default:
                FailRecords();
                FailAll(group, ErrorCode.OutcomeUnknown.With(
                    "The write is durable but becomes visible only after a restart of the server. A retry is safe."));
                return;
        }
    }

    /// <summary>Makes a group visible that waits for space, when there is space: no write need come for that.</summary>
    private async Task RecoverAsync(CancellationToken stop)
    {
        while (_publisher.WaitsForSpace && Failure is null)
        {
            await Task.Delay(TryAgainAfter, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            await ((Task)CatchUpAsync(stop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Fail(Exception e)
    {
        LogRecordsLost(_logger, e);
        Volatile.Write(
            ref _failure,
            $"The records database cannot be written ({e.Message}). What was answered is in the journal, from which the next start "
            + "brings the database up to date: the operator must check the disk and restart the server.");
    }

    /// <summary>Notifies the caches before any answer, so that each caller reads its own writes.</summary>
    private void Notify(IReadOnlyList<JournalRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        Volatile.Write(ref _applied, records[^1].Sequence);
        foreach (Action<IReadOnlyList<JournalRecord>> handler in Delegate.EnumerateInvocationList(Committed))
        {
            try
            {
                handler(records);
            }
            catch (Exception e)
            {
                // The group is durable whatever a listener does; and what the next one keeps in memory must not fall behind for it.
                LogFault(_logger, e);
            }
        }
    }

    private async Task CommitOneByOneAsync(List<CommitRequest> group)
    {
        CommitRequest[] requests = [.. group];
        foreach (CommitRequest request in requests)
        {
            await CommitGroupAsync([request]);
        }
    }

    private static void FailAll(List<CommitRequest> group, HutchError error) => group.ForEach(request => request.Fail(error));
}
