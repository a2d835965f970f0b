using Hutch.Agent.Blocks;
using Hutch.Agent.Survey;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Agent.Publishing;

/// <summary>Writes the block of a published folder: the dataset, its address, the invite, and a folder of the same identity.</summary>
internal sealed class BlockPublisher(PublishedAccess access, FolderTexts texts)
{
    /// <summary>Writes it, where it is not as it should be.</summary>
    /// <returns>What was done, and what an operator should know.</returns>
    public async Task<Result<(PublicationState State, IReadOnlyList<string> Notices)>> WriteAsync(
        FolderSession session, Caller caller, FolderPlan plan, DatasetId dataset, PublicationState state, string? twin,
        CancellationToken ct)
    {
        BlockOptions block = plan.Rule.Options.Block;
        Result<(string Url, PublicationState State)> address =
            await access.AddressAsync(caller, plan, dataset, plan.InBlock(block.PublicUrl), state, ct);
        if (!address.IsOk)
        {
            return address.Error;
        }

        state = address.Value.State;
        string? invite = null;
        if (state.Invite is null)
        {
            Result<(string Url, PublicationState State)> invited = await access.InviteAsync(caller, plan.Rule, dataset, state, ct);
            if (!invited.IsOk)
            {
                return invited.Error;
            }

            (invite, state) = invited.Value;
        }

        List<BlockValue> values =
        [
            new(block.Space, dataset.ToString()),
            new(block.PublicUrl, address.Value.Url),
            new(block.Error, twin is null ? null : DatasetFinder.Twins(plan, twin)),
        ];
        return texts.WriteBlock(session, plan, values, invite).Then<(PublicationState, IReadOnlyList<string>)>(notices => (state, notices));
    }
}
