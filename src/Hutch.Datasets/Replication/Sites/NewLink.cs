namespace Hutch.Datasets.Replication.Sites;

/// <summary>A new share link with its secret, which is shown once.</summary>
/// <param name="Secret">The secret, used as a bearer token.</param>
/// <param name="Address">Where it opens in a browser; null where no public address is configured.</param>
public sealed record NewLink(string Id, DateTimeOffset ExpiresAt, string Secret, string? Address)
{
    /// <summary>The public part; never the secret.</summary>
    public override string ToString() => Id;
}
