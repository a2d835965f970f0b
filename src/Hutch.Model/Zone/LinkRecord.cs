namespace Hutch.Model.Zone;

/// <summary>A share link without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="Dataset">The dataset it opens.</param>
/// <param name="Right">What its holder may do.</param>
/// <param name="CreatedBy">Name of who made it.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ExpiresAt">The end.</param>
/// <param name="RevokedAt">When it was withdrawn; null when it was not.</param>
public sealed record LinkRecord(
    string Id, DatasetId Dataset, Rights Right, BlobHash SecretHash, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);
