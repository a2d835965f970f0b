namespace Hutch.Model.Zone;

/// <summary>A share link without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="Dataset">The dataset it opens.</param>
/// <param name="Right">What its holder may do.</param>
/// <param name="SecretHash">SHA-256 of the secret.</param>
/// <param name="CreatedBy">Name of who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="RevokedAt">When it was withdrawn; null when it was not.</param>
public sealed record LinkRecord(
    string Id, DatasetId Dataset, Rights Right, BlobHash SecretHash, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);
