using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Which cached rights are wrong after changes of the zone, by the targets of their lines in the audit. What cannot be told by a target
/// touches everything.
/// </summary>
internal sealed class RightsTouch
{
    private readonly HashSet<string> _credentials = new(StringComparer.Ordinal);
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<DatasetId> _datasets = [];

    private RightsTouch()
    {
    }

    /// <summary>For when nobody knows what has changed.</summary>
    public static RightsTouch All { get; } = new() { IsAll = true };

    /// <summary>Whether everything is to be forgotten.</summary>
    public bool IsAll { get; private set; }

    /// <summary>Datasets whose name, owner, visibility or grants have changed.</summary>
    public IReadOnlySet<DatasetId> Datasets => _datasets;

    /// <summary>Whether a share link may have changed: it is as good as the rights of who made it.</summary>
    private bool TouchesLinks => _users.Count + _groups.Count + _datasets.Count > 0;

    /// <summary>Reads it from lines of the audit.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="tables">The zone after them: who is in a group now.</param>
    public static RightsTouch Of(IEnumerable<AuditRecord> lines, ZoneTables tables)
    {
        var touch = new RightsTouch();
        foreach (AuditRecord line in lines)
        {
            touch.Add(line, tables);
        }

        return touch;
    }

    /// <summary>Whether what is known about a token, a link or a session has to be read again.</summary>
    /// <param name="id">Its public part.</param>
    /// <param name="caller">Whom it stands for; null when it is refused.</param>
    public bool Touches(string id, Caller? caller) =>
        IsAll || _credentials.Contains(id)
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

    /// <summary>Those who were in it are known to the caches, those who are in it now to the zone.</summary>
    private void AddGroup(string name, ZoneTables tables)
    {
        _groups.Add(name);
        if (tables.Principals.Find(name) is { Kind: PrincipalKind.Group } group)
        {
            _users.UnionWith(tables.Memberships.MembersOf(group.Id).Select(static member => member.UserName));
        }
    }
}
