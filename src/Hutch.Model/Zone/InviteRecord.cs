namespace Hutch.Model.Zone;

/// <summary>An invite to a dataset or to a group, without its secret.</summary>
/// <param name="SecretHash">The SHA-256 of the secret that was shown.</param>
/// <param name="MailedSecretHash">The SHA-256 of the secret that was mailed; null for none.</param>
/// <param name="CreatedBy">The author, in whose name its rights are granted.</param>
public sealed record InviteRecord(
    string Id, BlobHash SecretHash, BlobHash? MailedSecretHash, InviteTarget Target, string? Note, string? Email, PrincipalRecord CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int MaxUses, int Uses, DateTimeOffset? RevokedAt)
{
    public bool IsOpenAt(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now && Uses < MaxUses;
}

/// <param name="Dataset">The dataset; null for a group.</param>
/// <param name="Group">The group; null for a dataset.</param>
/// <param name="Name">The name: <c>owner/slug</c>, or the group's name.</param>
public sealed record InviteTarget(DatasetId? Dataset, PrincipalId? Group, string Name, Rights Right, bool Manager)
{
    /// <summary>The offer in a word: a right, <c>member</c> or <c>manager</c>.</summary>
    public string Gives => Dataset is not null ? Right.ToName() : Manager ? "manager" : "member";
}
