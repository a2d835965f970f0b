using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Quotas;

/// <summary>Checks whether the quota of a future owner allows datasets of this site. The caller has checked the rights.</summary>
public sealed class OwnerQuotaSpace(OwnerQuotas quotas, HeadCompactor compactor)
{
    /// <summary>Returns the refusal if the complete heads together exceed the future owner's quota; null otherwise.</summary>
    /// <param name="isExact">True if a refusal must be exact, which compacts the heads.</param>
    public async Task<HutchError?> FindRefusalAsync(IReadOnlyList<DatasetId> ids, string owner, bool isExact, CancellationToken ct)
    {
        HutchError? refusal = await quotas.FindRefusalAsync(ids, owner, ct);
        if (refusal is null || !isExact)
        {
            return refusal;
        }

        // A compaction makes the count exact. A head that cannot be compacted (it is closed, or in the trash) is counted exactly already.
        bool isFolded = false;
        foreach (DatasetId id in ids)
        {
            isFolded |= (await compactor.CompactAsync(id, CompactionRequest.Automatic, ct)).IsOk;
        }

        return isFolded ? await quotas.FindRefusalAsync(ids, owner, ct) : refusal;
    }
}
