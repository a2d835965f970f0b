using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Storage.Segments;

namespace Hutch.Site.Committing;

/// <summary>What the requests of one group have decided, and what is to be written for it. Used again for the next.</summary>
/// <remarks>For the committer's one loop.</remarks>
internal sealed class GroupDecision(
    SegmentStore segments, SiteWriter records, CommitContext context, Func<MemberKey, bool> isStored, Action<Exception> tellFault)
{
    private const long MaxAppendBytes = 128 << 20;

    private readonly List<(CommitRequest Request, HutchError? Refusal)> _decided = [];
    private readonly HashSet<(MemberKey Key, Lane Lane)> _inGroup = [];
    private readonly Dictionary<Lane, SegmentGroup> _lanes = [];

    /// <summary>Whether the group has more than one append takes; what one request has is bounded by its door.</summary>
    public bool IsTooLarge => context.Journal.Length + _lanes.Values.Sum(static lane => lane.MemberBytes) > MaxAppendBytes;

    /// <summary>Lets each request decide, in order, inside a transaction of the records that it begins.</summary>
    public void Decide(List<CommitRequest> group, long lastSequence, long now)
    {
        _decided.Clear();
        _inGroup.Clear();
        _lanes.Clear();
        records.Begin();
        context.BeginGroup(lastSequence, now);
        foreach (CommitRequest request in group)
        {
            Decide(request);
        }
    }

    /// <summary>Other lanes first: the journal in the main lane is the commit point of all.</summary>
    public async Task AppendAsync()
    {
        // A write that rides along with a delete must not eat the reserve: then all are refused, and tried one by one.
        bool mayUseReserve = _decided.TrueForAll(static one => one.Refusal is not null || one.Request.MayUseReserve);
        foreach (SegmentGroup group in _lanes.Values)
        {
            group.MayUseReserve = mayUseReserve;
        }

        foreach ((Lane lane, SegmentGroup members) in _lanes)
        {
            if (lane != Lane.Main && members.Count > 0)
            {
                await segments.AppendAsync(lane, members, CancellationToken.None);
            }
        }

        SegmentGroup main = Group(Lane.Main);
        main.MayUseReserve = mayUseReserve;
        if (context.Emitted.Count > 0)
        {
            main.SetJournal(context.Journal, context.Emitted[0].Sequence, context.Sequence);
        }

        if (main.Count > 0 || context.Emitted.Count > 0)
        {
            await segments.AppendAsync(Lane.Main, main, CancellationToken.None);
        }
    }

    /// <summary>Takes back what was decided: nothing of it was written.</summary>
    public void Forget()
    {
        records.Rollback();
        context.ForgetGroup();
    }

    /// <summary>Answers each as it was decided.</summary>
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
                request.Refuse(refusal);
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
            refusal = request.Decide(context) ?? context.CheckQuotas();
        }
        catch (Exception e) when (!SiteDatabase.IsFailure(e))
        {
            // A fault of one request is its own: the others of the group go on.
            records.UndoOperation(applied);
            context.Undo(mark);
            tellFault(e);
            request.Fault(e);
            return;
        }

        if (refusal is null)
        {
            records.KeepOperation();
            context.KeepRequest();
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
        // Once in each lane: a copy that ends by itself is no copy for what lasts.
        foreach (StagedMember member in request.Members)
        {
            if (_inGroup.Add((member.Key, member.Lane)) && (member.Moves || member.Lane.IsTransient || !isStored(member.Key)))
            {
                Group(member.Lane).Add(member.Key, member.Body, member.Crc32C);
            }
        }
    }

    private SegmentGroup Group(Lane lane)
    {
        if (!_lanes.TryGetValue(lane, out SegmentGroup? group))
        {
            group = new SegmentGroup();
            _lanes.Add(lane, group);
        }

        return group;
    }
}
