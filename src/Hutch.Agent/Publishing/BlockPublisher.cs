using Hutch.Agent.Blocks;
using Hutch.Agent.Retention;
using Hutch.Agent.Survey;

namespace Hutch.Agent.Publishing;

/// <summary>Writes the block of a published folder: the dataset, its address, the invite, and a folder of the same identity.</summary>
internal sealed class BlockPublisher(
    PublishedAccess access, PublicationStates states, RetentionStore retention, FolderTexts texts)
{
    /// <remarks>
    /// The existence of a link and an invite is recorded before they are written, and a retry uses the same ones. So there is one of each,
    /// however often writing fails.
    /// </remarks>
    public async Task<Result<(PublicationState State, IReadOnlyList<string> Notices)>> WriteAsync(
        FolderSession session, Caller caller, FolderPlan plan, DatasetId dataset, PublicationState state, string? twin,
        CancellationToken ct)
    {
        BlockOptions block = plan.Rule.Options.Block;
        PublicationState before = state;
        UnwrittenSecrets secrets = session.Unwritten is { } left && left.Dataset == dataset ? left : new UnwrittenSecrets(dataset);
        string? present = secrets.Link ?? plan.InBlock(block.PublicUrl);
        if (!(await access.AddressAsync(caller, plan, dataset, present, state, ct)).TryGet(
                out (string Url, PublicationState State) address, out HutchError? refusal)
            || !(await InviteAsync(caller, plan, secrets with { Link = address.Url }, address.State, ct)).TryGet(
                out (PublicationState State, UnwrittenSecrets Secrets) invited, out refusal)
            || (invited.State != before && !(await states.SetAsync(dataset, invited.State, caller.Name, ct)).TryGet(out _, out refusal))
            || !(await retention.FindAsync(dataset, ct)).TryGet(out RetentionState? retentionState, out refusal))
        {
            return refusal;
        }

        session.Unwritten = invited.Secrets;
        List<BlockValue> values =
        [
            new(block.Space, dataset.ToString()),
            new(block.PublicUrl, address.Url),
            .. retentionState?.Removed is null ? Array.Empty<BlockValue>() : [new(block.RemovingTime, RemovalRequest.Removed)],
            new(block.Error, twin is null ? null : DatasetFinder.DescribeDuplicate(plan, twin)),
        ];
        Result<IReadOnlyList<string>> written = texts.WriteBlock(session, plan, values, invited.Secrets.Invite);
        if (written.IsOk)
        {
            session.Unwritten = null;
        }

        return written.Then<(PublicationState, IReadOnlyList<string>)>(notices => (
            invited.State with { IsInviteUnwritten = false }, notices));
    }

    private async Task<Result<(PublicationState State, UnwrittenSecrets Secrets)>> InviteAsync(
        Caller caller, FolderPlan plan, UnwrittenSecrets secrets, PublicationState state, CancellationToken ct)
    {
        if (!await access.MayShareAsync(caller, secrets.Dataset, ct)
            || (state.Invite is not null && (!state.IsInviteUnwritten || secrets.Invite is not null)))
        {
            return (state, secrets);
        }

        // One that was made before the server was stopped, and is nowhere, is of no use to anybody.
        if (state.Invite is { } lost)
        {
            await access.RevokeInviteAsync(caller, secrets.Dataset, lost, ct);
        }

        Result<FolderAnswer> made = await access.InviteAsync(caller, plan.Rule, secrets.Dataset, ct);
        return made is { IsOk: true, Value: { Id: { } invite, Address: { } address } }
            ? (state with { Invite = invite, IsInviteUnwritten = true }, secrets with { Invite = address })
            : access.MayWait ? (state, secrets)
            : made.Error!;
    }
}
