namespace Hutch.DataLad.Keys;

/// <summary>
/// Retains content that was reported as present: the client may drop the only other copy. Its retention begins anew with the report, so
/// that the commit that names it can come for at least half of that time. Only content that came long ago costs a record, once in that
/// time.
/// </summary>
internal sealed class KeyPromise(ExpiredAnnexKeys keys, int days, TimeProvider time)
{
    /// <summary>Extends the retention of content before it is reported to a caller as present. Returns when that is durable.</summary>
    /// <param name="names">The keys without their extensions.</param>
    public async Task ExtendAsync(DatasetId id, IReadOnlyList<string> names, CancellationToken ct)
    {
        if (days > 0 && names.Count > 0)
        {
            _ = (await keys.RenewAsync(id, names, time.GetUtcNow().AddDays(-days / 2.0), ct)).Value;
        }
    }
}
