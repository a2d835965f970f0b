namespace Hutch.Model;

public static class RoleNames
{
    /// <summary>Every role, in the order of its number.</summary>
    public static IReadOnlyList<Role> All { get; } = [Role.User, Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator];

    /// <summary>The stable name: <c>user</c>, <c>operator</c>, <c>site-admin</c>, <c>auditor</c>, <c>administrator</c>.</summary>
    public static string ToName(this Role role) => role switch
    {
        Role.User => "user",
        Role.Operator => "operator",
        Role.SiteAdmin => "site-admin",
        Role.Auditor => "auditor",
        Role.Administrator => "administrator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There is no such role."),
    };

    public static Result<Role> Parse(string text)
    {
        foreach (Role role in All)
        {
            if (string.Equals(role.ToName(), text, StringComparison.Ordinal))
            {
                return role;
            }
        }

        return ErrorCode.InvalidName.With(
            $"{Display.Quote(text)} is not a role: use user, operator, site-admin, auditor or administrator.");
    }
}
