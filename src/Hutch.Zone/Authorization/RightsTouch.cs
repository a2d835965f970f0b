namespace Hutch.Zone.Authorization;

/// <summary>The cached rights that changes made stale, by the targets of their audit lines. One without a target touches all.</summary>
internal sealed class RightsTouch
{
    private readonly HashSet<string> _credentials = new(StringComparer.Ordinal);
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<DatasetId> _datasets = [];

    private RightsTouch()
    {
    }

    public static RightsTouch All { get; } = new() { IsAll = true };

    public bool IsAll { get; private set; }

    public IReadOnlySet<DatasetId> Datasets => _datasets;

    /// <summary>True if a share link may have changed: it depends on the rights of its issuer.</summary>
    private bool TouchesLinks => _users.Count + _groups.Count + _datasets.Count > 0;

    /// <param name="tables">The zone after the changes, with the current members of groups.</param>
    public static RightsTouch From(IEnumerable<AuditRecord> lines, ZoneTables tables)
    {
        var touch = new RightsTouch();
        foreach (AuditRecord line in lines)
        {
            touch.Add(line, tables);
        }

        return touch;
    }

    /// <summary>Returns true if the facts about a token, a link or a session must be read again.</summary>
    public bool Touches(string id, Caller? caller) =>
        IsAll || _credentials.Contains(id)
        || (caller?.Token is { } token && _credentials.Contains(token.Id))
        || (caller?.Token?.Scope.Parent is { } parent && _credentials.Contains(parent))
        || (caller?.User is { } user
            ? _users.Contains(user.Name) || caller.Groups.Any(group => _groups.Contains(group.GroupName))
            : TouchesLinks);

    private void Add(AuditRecord line, ZoneTables tables)
    {
        int colon = line.Target?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        string what = colon < 0 ? "" : line.Target![(colon + 1)..];
        switch (colon < 0 ? "" : line.Target![..colon])
        {
            case "dataset" when Guid.TryParse(what, out Guid dataset):
                _datasets.Add(new DatasetId(dataset));
                break;
            case "token" or "session":
                _credentials.Add(what);
                break;

            // A hand-over changes grants on datasets that it does not name.
            case "user" when line.Action != Operation.UserHandOver.Name:
                _users.Add(what);
                break;
            case "group":
                AddGroup(what, tables);
                break;

            // Limits, which the site keeps; what lists say of datasets; an offer to come that gives nothing yet; a login that gave nothing.
            case "owner":
            case "summaries":
            case "invite" when line.Action != Operation.InviteAccept.Name:
            case "" when line.Action == Operation.RefusedLogin:
                break;
            default:
                IsAll = true;
                break;
        }
    }

    /// <summary>Adds a group. The caches know its former members, and the zone its current ones.</summary>
    private void AddGroup(string name, ZoneTables tables)
    {
        _groups.Add(name);
        if (tables.Principals.Find(name) is { Kind: PrincipalKind.Group } group)
        {
            _users.UnionWith(tables.Memberships.MembersOf(group.Id).Select(static member => member.UserName));
        }
    }
}
