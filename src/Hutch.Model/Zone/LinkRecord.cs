namespace Hutch.Model.Zone;

/// <summary>A share link without its secret.</summary>
public sealed record LinkRecord(
    string Id, DatasetId Dataset, Rights Right, BlobHash SecretHash, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);
