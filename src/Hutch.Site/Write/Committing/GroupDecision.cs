namespace Hutch.Site.Write.Committing;

/// <summary>The decisions of the requests of one group, and the bytes and records to append for it. Reused for the next group.</summary>
/// <remarks>For the committer's single loop.</remarks>
internal sealed class GroupDecision(
    SiteWriter records, CommitContext context, Func<MemberKey, bool> isStored, Action<Exception> tellFault)
{
    /// <summary>Half of the limit of a segment store for one group: the members' headers and padding are added to it.</summary>
    private const long MaxAppendBytes = 128 << 20;

    /// <summary>The most relied-upon members of a group, each of which takes eight bytes in it.</summary>
    private const int MaxReliedUpon = 1 << 20;

    private readonly List<(CommitRequest Request, HutchError? Refusal)> _decided = [];
    private readonly HashSet<(MemberKey Key, Lane Lane)> _inGroup = [];

    public LogGroup Group { get; } = new();

    /// <summary>True if the group exceeds the limits of one append; its door limits the size of a single request.</summary>
    public bool IsTooLarge => Group.Journal.Length + Group.MemberBytes > MaxAppendBytes || Group.ReliedUpon.Count > MaxReliedUpon;

    /// <summary>Lets each request decide, in order, inside a transaction of the records that it begins.</summary>
    public void Decide(List<CommitRequest> group, long lastSequence, long now)
    {
        _decided.Clear();
        _inGroup.Clear();
        Group.Clear();
        records.Begin();
        context.BeginGroup(lastSequence, now);
        foreach (CommitRequest request in group)
        {
            // One that failed in an earlier try has its answer.
            if (!request.IsFaulted)
            {
                Decide(request);
            }
        }

        // A write that rides along with a delete must not eat the reserve: then all are refused, and tried one by one.
        Group.MayUseReserve = _decided.TrueForAll(static one => one.Refusal is not null || one.Request.MayUseReserve);
        if (context.Emitted.Count > 0)
        {
            Group.SetJournal(context.Journal, context.Emitted[0].Sequence, context.Sequence);
        }
    }

    public void Discard()
    {
        records.Rollback();
        context.DiscardGroup();
        Group.Clear();
    }

    public void Answer()
    {
        foreach ((CommitRequest request, HutchError? refusal) in _decided)
        {
            if (refusal is null)
            {
                request.Answer();
            }
            else
            {
                request.Fail(refusal);
            }
        }
    }

    private void Decide(CommitRequest request)
    {
        CommitContext.Mark mark = context.MarkRequest();
        long applied = records.AppliedSequence;
        records.BeginOperation();
        HutchError? refusal;
        try
        {
            refusal = request.Decide(context) ?? context.CheckHome() ?? context.CheckQuotas() ?? context.CheckBytes();
        }
        catch (Exception e) when (!SiteDatabase.IsFailure(e))
        {
            // A fault of one request is its own: the others of the group go on.
            records.UndoOperation(applied);
            context.Undo(mark);
            tellFault(e);
            request.IsFaulted = true;
            request.Fault(e);
            return;
        }

        if (refusal is null)
        {
            records.CommitOperation();
            context.AcceptRequest();
            Stage(request);
        }
        else
        {
            records.UndoOperation(applied);
            context.Undo(mark);
        }

        _decided.Add((request, refusal));
    }

    private void Stage(CommitRequest request)
    {
        // Once in each lane: a copy that expires does not replace one that lasts.
        foreach (StagedMember member in request.Members)
        {
            if (_inGroup.Add((member.Key, member.Lane)) && (member.Moves || member.Lane.IsTransient || !isStored(member.Key)))
            {
                Group.Add(member.Lane, member.Key, member.Body, member.Crc32C);
            }
        }
    }
}
