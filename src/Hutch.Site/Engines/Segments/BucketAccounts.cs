using Hutch.Catalog.Zone;

namespace Hutch.Site.Engines.Segments;

/// <summary>The copies of the accounts in the bucket of a data folder.</summary>
internal sealed class BucketAccounts(ISegmentBucket bucket) : IZoneSafe
{
    public async ValueTask<HutchError?> FindRefusalAsync(CancellationToken ct) => await bucket.FindRefusalAsync(ct) is { } refusal
        ? (ErrorCode.Unavailable with { Advice = refusal.Advice }).With(
            $"Accounts, roles and passwords are stored in the bucket before a change of them is acknowledged. {refusal.Message}")
        : null;

    public Task<Result<Done>> StoreAsync(CancellationToken ct) => bucket.StoreAccountsAsync(ct);
}
