using Hutch.Zone.Authorization;

namespace Hutch.Zone.Visits;

/// <summary>Hides visits from everyone but their members and administrators, who alone may learn that one exists.</summary>
internal static class VisitPrivacy
{
    public static bool IsHidden(ZoneTables tables, Caller caller, PrincipalRecord principal) =>
        principal.Kind == PrincipalKind.Group && !caller.IsMemberOf(principal.Id) && !SeesAll(caller)
        && tables.Visits.Find(principal.Id) is not null;

    public static bool SeesAll(Caller caller) => Authorizer.Authorize(caller, Operation.VisitChange).IsOk;
}
