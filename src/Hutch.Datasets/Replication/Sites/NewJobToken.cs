namespace Hutch.Datasets.Replication.Sites;

/// <summary>A token for a step of a program, which is new or good for longer.</summary>
/// <param name="ExpiresAt">Until when it is good; null for one that was ended.</param>
public sealed record NewJobToken(string Id, DateTimeOffset? ExpiresAt, string? Secret)
{
    /// <summary>The public part; never the secret.</summary>
    public override string ToString() => Id;
}
