using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage;

namespace Hutch.Site.Committing;

/// <summary>One group on its way from the decisions to the answers, and what becomes of it when something fails.</summary>
public sealed partial class Committer
{
    private async Task CommitGroupAsync(List<CommitRequest> group)
    {
        if (Failure is { } failure)
        {
            RefuseAll(group, ErrorCode.Unavailable.With(failure));
            return;
        }

        if (await TryAppendAsync(group))
        {
            AnswerPublished(group, Publish());
        }
    }

    /// <summary>Decides and writes; false when the group was answered otherwise.</summary>
    private async Task<bool> TryAppendAsync(List<CommitRequest> group)
    {
        try
        {
            _decision.Decide(group, _lastSequence, _time.GetUtcNow().ToUnixTimeMilliseconds());
            if (group.Count > 1 && _decision.IsTooLarge)
            {
                _decision.Forget();
                await CommitOneByOneAsync(group);
                return false;
            }

            await _decision.AppendAsync();
            return true;
        }
        catch (StorageFullException e)
        {
            _decision.Forget();
            await RetryOneByOneAsync(group, e);
        }
        catch (IOException e)
        {
            RefuseUnknown(group, e);
        }
        catch (Exception e) when (SiteDatabase.IsFailure(e))
        {
            RefuseUnrecorded(group, e);
        }
        catch (Exception e)
        {
            _decision.Forget();
            LogFault(_logger, e);
            group.ForEach(request => request.Fault(e));
        }

        return false;
    }

    /// <summary>
    /// The store has given the segment up at its last good group and will say so in the next one, so what was not answered here is not
    /// there later either. Its sequence numbers are not used again.
    /// </summary>
    private void RefuseUnknown(List<CommitRequest> group, IOException e)
    {
        long reached = _context.Sequence;
        _decision.Forget();
        _lastSequence = reached;
        LogUnknownOutcome(_logger, group.Count, e);
        RefuseAll(group, ErrorCode.OutcomeUnknown.With(
            "The disk did not confirm the write. It is wholly there or wholly not: send it again, that is safe."));
    }

    private void RefuseUnrecorded(List<CommitRequest> group, Exception e)
    {
        if (SiteDatabase.IsDamage(e))
        {
            RecordsDamaged?.Invoke(e);
        }

        _decision.Forget();
        LogFault(_logger, e);
        RefuseAll(group, ErrorCode.Unavailable.With(
            $"The records database refused the change ({e.Message}). Nothing was changed: try again, "
            + "and tell the operator if it stays so."));
    }

    private void AnswerPublished(List<CommitRequest> group, bool isPublished)
    {
        if (isPublished)
        {
            _decision.Answer();
        }
        else
        {
            RefuseAll(group, ErrorCode.OutcomeUnknown.With(
                "The write is durable but cannot be shown before the server starts again. Sending it again then is safe."));
        }
    }

    /// <summary>Makes the group visible; false when the database refuses, which the journal repairs at the next start.</summary>
    private bool Publish()
    {
        try
        {
            _records.Commit();
        }
        catch (Exception e)
        {
            LogRecordsFailed(_logger, e);
            if (!TryApplyAgain())
            {
                return false;
            }
        }

        _lastSequence = _context.Sequence;
        Notify();
        return true;
    }

    private bool TryApplyAgain()
    {
        try
        {
            _records.Rollback();
            _records.Begin();
            SiteJournal.Apply(_records, _context.Journal.Span);
            _records.Commit();
            return true;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    private void Fail(Exception e)
    {
        LogRecordsLost(_logger, e);
        Volatile.Write(
            ref _failure,
            $"The records database cannot be written ({e.Message}). Nothing that was acknowledged is lost; "
            + "the operator must look at the disk and start the server again.");
    }

    private void Notify()
    {
        if (_context.Emitted.Count == 0)
        {
            return;
        }

        foreach (Action<IReadOnlyList<JournalRecord>> handler in Delegate.EnumerateInvocationList(Committed))
        {
            try
            {
                handler(_context.Emitted);
            }
            catch (Exception e)
            {
                // The group is durable whatever a listener does; and what the next one keeps in memory must not fall behind for it.
                LogFault(_logger, e);
            }
        }
    }

    private async Task RetryOneByOneAsync(List<CommitRequest> group, StorageFullException full)
    {
        if (group.Count == 1)
        {
            group[0].Refuse(FullDisk.Refusal(full, "Nothing was stored."));
            return;
        }

        await CommitOneByOneAsync(group);
    }

    private async Task CommitOneByOneAsync(List<CommitRequest> group)
    {
        CommitRequest[] requests = [.. group];
        foreach (CommitRequest request in requests)
        {
            await CommitGroupAsync([request]);
        }
    }

    private static void RefuseAll(List<CommitRequest> group, HutchError error) => group.ForEach(request => request.Refuse(error));
}
