using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Heads;

namespace Hutch.Site.Quotas;

/// <summary>Whether an owner to be has room for a dataset of this site. Checks no rights: the caller has.</summary>
public sealed class OwnerRoom(OwnerQuotas quotas, HeadFolder folder)
{
    /// <summary>Why the owner to be has no room for the whole head; null when it has.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="owner">The owner to be.</param>
    /// <param name="isExact">Whether a refusal is to be believed, for which the head is folded.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<HutchError?> FindRefusalAsync(DatasetId id, string owner, bool isExact, CancellationToken ct)
    {
        HutchError? refusal = await quotas.FindRefusalAsync(id, owner, ct);
        if (refusal is null || !isExact)
        {
            return refusal;
        }

        // A fold makes the count exact. What cannot be folded (it is closed, or in the trash) is counted exactly already.
        Result<SiteSnapshot?> folded = await folder.FoldAsync(id, FoldRequest.Automatic, ct);
        return folded.IsOk ? await quotas.FindRefusalAsync(id, owner, ct) : refusal;
    }
}
