using Hutch.Model;
using Hutch.Site.Heads;

namespace Hutch.Site.Quotas;

/// <summary>Whether an owner to be has room for datasets of this site. Checks no rights: the caller has.</summary>
public sealed class OwnerRoom(OwnerQuotas quotas, HeadFolder folder)
{
    /// <summary>Why the owner to be has no room for the whole heads together; null when it has.</summary>
    /// <param name="ids">The datasets.</param>
    /// <param name="owner">The owner to be.</param>
    /// <param name="isExact">Whether a refusal is to be believed, for which the head is folded.</param>
    public async Task<HutchError?> FindRefusalAsync(IReadOnlyList<DatasetId> ids, string owner, bool isExact, CancellationToken ct)
    {
        HutchError? refusal = await quotas.FindRefusalAsync(ids, owner, ct);
        if (refusal is null || !isExact)
        {
            return refusal;
        }

        // A fold makes the count exact. What cannot be folded (it is closed, or in the trash) is counted exactly already.
        bool isFolded = false;
        foreach (DatasetId id in ids)
        {
            isFolded |= (await folder.FoldAsync(id, FoldRequest.Automatic, ct)).IsOk;
        }

        return isFolded ? await quotas.FindRefusalAsync(ids, owner, ct) : refusal;
    }
}
