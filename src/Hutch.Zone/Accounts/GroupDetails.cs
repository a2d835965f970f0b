using Hutch.Model.Zone;

namespace Hutch.Zone.Accounts;

/// <summary>A group with its members.</summary>
/// <param name="Group">The group.</param>
/// <param name="Members">Who is in it; null when the caller may not see that.</param>
public sealed record GroupDetails(GroupRecord Group, IReadOnlyList<MemberRecord>? Members);
