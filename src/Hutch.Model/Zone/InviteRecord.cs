namespace Hutch.Model.Zone;

/// <summary>An invite to a dataset or to a group, without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="SecretHash">SHA-256 of the secret that was shown.</param>
/// <param name="MailedSecretHash">SHA-256 of the secret that went out by mail; null when none did.</param>
/// <param name="Target">To what.</param>
/// <param name="Note">A line for who gets it, or null.</param>
/// <param name="Email">Where it was mailed to, or null.</param>
/// <param name="CreatedBy">Who made it; its rights are given in that name.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ExpiresAt">The end.</param>
/// <param name="MaxUses">How many accounts may accept it.</param>
/// <param name="Uses">How many have.</param>
/// <param name="RevokedAt">When it was withdrawn; null when it was not.</param>
public sealed record InviteRecord(
    string Id, BlobHash SecretHash, BlobHash? MailedSecretHash, InviteTarget Target, string? Note, string? Email, PrincipalRecord CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int MaxUses, int Uses, DateTimeOffset? RevokedAt)
{
    /// <summary>Whether it can be accepted at this time.</summary>
    public bool IsOpenAt(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now && Uses < MaxUses;
}

/// <summary>What an invite is to: a right on a dataset, or membership in a group.</summary>
/// <param name="Dataset">The dataset; null for a group.</param>
/// <param name="Group">The group; null for a dataset.</param>
/// <param name="Name">Its name: <c>owner/slug</c>, or that of the group.</param>
/// <param name="Right">On a dataset, the right; none for a group.</param>
/// <param name="Manager">In a group, whether as a manager.</param>
public sealed record InviteTarget(DatasetId? Dataset, PrincipalId? Group, string Name, Rights Right, bool Manager)
{
    /// <summary>What is given, in a word: a right, <c>member</c> or <c>manager</c>.</summary>
    public string Gives => Dataset is not null ? Right.ToName() : Manager ? "manager" : "member";
}
