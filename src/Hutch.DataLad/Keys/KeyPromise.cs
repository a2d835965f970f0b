using Hutch.Datasets.Repositories;
using Hutch.Model;

namespace Hutch.DataLad.Keys;

/// <summary>
/// What it means to say that content is here: whoever hears it may drop the only other copy. So its time counts from then on, and the
/// commit that names it can come for at least half of it. Only content that came long ago costs a record, once in that time.
/// </summary>
internal sealed class KeyPromise(ExpiredAnnexKeys keys, int days, TimeProvider time)
{
    /// <summary>Keeps content of which a caller is about to be told that it is here. Returns after that is durable.</summary>
    /// <param name="id">The dataset, which the caller may read.</param>
    /// <param name="names">The keys without their extensions.</param>
    public async Task ExtendAsync(DatasetId id, IReadOnlyList<string> names, CancellationToken ct)
    {
        if (days > 0 && names.Count > 0)
        {
            _ = (await keys.RenewAsync(id, names, time.GetUtcNow().AddDays(-days / 2.0), ct)).Value;
        }
    }
}
