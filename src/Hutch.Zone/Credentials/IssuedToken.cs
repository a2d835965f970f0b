namespace Hutch.Zone.Credentials;

/// <summary>A new token with its secret, which is shown once.</summary>
/// <param name="Secret">The whole text of a token, or the secret key of an S3 key.</param>
/// <param name="AccessKey">The access key of an S3 key; otherwise null.</param>
public sealed record IssuedToken(TokenRecord Token, IssuedSecret Secret, string? AccessKey = null)
{
    /// <summary>The sites that an S3 key or a narrowable token opens beside the zone's own.</summary>
    public IReadOnlyList<SiteRecord> Sites { get; init; } = [];
}
