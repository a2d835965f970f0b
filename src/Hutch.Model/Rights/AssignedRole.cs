namespace Hutch.Model;

/// <summary>
/// A role of an account. Operators and site admins have their role for one site; the other roles apply to the whole zone.
/// </summary>
/// <param name="Site">
/// The site: its id in the zone, its name in requests. Null for the site of the zone's own server, and for the whole zone.
/// </param>
public readonly record struct AssignedRole(Role Role, string? Site)
{
    private const char At = '@';

    public static implicit operator AssignedRole(Role role) => new(role, null);

    public static bool IsOfSite(Role role) => role is Role.Operator or Role.SiteAdmin;

    /// <summary>Parses <c>ROLE</c> or <c>ROLE@SITE</c>.</summary>
    public static Result<AssignedRole> Parse(string text)
    {
        int at = text.IndexOf(At, StringComparison.Ordinal);
        string? site = at < 0 ? null : text[(at + 1)..];
        return RoleNames.Parse(at < 0 ? text : text[..at]).Then<AssignedRole>(role =>
            site is null || (IsOfSite(role) && site.Length > 0) ? new AssignedRole(role, site)
            : site.Length == 0 ? ErrorCode.InvalidName.With($"{Display.Quote(text)} names no site: use {role.ToName()}@SITE.")
            : ErrorCode.InvalidName.With(
                $"The role {role.ToName()} counts in the whole zone: leave out {Display.Quote(At + site)}. Only operator and site-admin "
                + "are held for a site."));
    }

    public override string ToString() => Site is null ? Role.ToName() : Role.ToName() + At + Site;
}
