namespace Hutch.Model.Zone;

/// <summary>A share link without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="CreatedBy">The name of the author.</param>
/// <param name="RevokedAt">The time of revocation; null for none.</param>
public sealed record LinkRecord(
    string Id, DatasetId Dataset, Rights Right, BlobHash SecretHash, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);
