namespace Hutch.Model;

/// <summary>
/// A role as somebody holds it. Operators and site admins hold theirs for one site; the other roles count in the whole zone.
/// </summary>
/// <param name="Site">
/// The site: its id in the zone, its name in requests. Null for the site beside the zone, and for the whole zone.
/// </param>
public readonly record struct HeldRole(Role Role, string? Site)
{
    private const char At = '@';

    public static implicit operator HeldRole(Role role) => new(role, null);

    /// <summary>Whether the role is held for one site.</summary>
    public static bool IsOfSite(Role role) => role is Role.Operator or Role.SiteAdmin;

    /// <summary>Reads <c>ROLE</c> or <c>ROLE@SITE</c>.</summary>
    public static Result<HeldRole> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf(At, StringComparison.Ordinal);
        string? site = at < 0 ? null : text[(at + 1)..];
        return RoleNames.Parse(at < 0 ? text : text[..at]).Then<HeldRole>(role =>
            site is null || (IsOfSite(role) && site.Length > 0) ? new HeldRole(role, site)
            : site.Length == 0 ? ErrorCode.InvalidName.With($"{Display.Quote(text)} names no site: use {role.ToName()}@SITE.")
            : ErrorCode.InvalidName.With(
                $"The role {role.ToName()} counts in the whole zone: leave out {Display.Quote(At + site)}. Only operator and site-admin "
                + "are held for a site."));
    }

    /// <summary><c>ROLE</c> or <c>ROLE@SITE</c>.</summary>
    public override string ToString() => Site is null ? Role.ToName() : Role.ToName() + At + Site;
}
