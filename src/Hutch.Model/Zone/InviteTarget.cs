namespace Hutch.Model.Zone;

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
