using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>Callers and facts made by hand, for the rules alone: no database.</summary>
internal static class People
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public static readonly DatasetId Dataset = Id(1);

    public static readonly DatasetId OtherDataset = Id(2);

    public static readonly PrincipalRecord Owner = new(new PrincipalId(Guid.Parse("00000000-0000-0000-0000-0000000000a1")), PrincipalKind.User, "ada");

    public static readonly PrincipalRecord Bob = new(new PrincipalId(Guid.Parse("00000000-0000-0000-0000-0000000000b1")), PrincipalKind.User, "bob");

    public static readonly PrincipalRecord Lab = new(new PrincipalId(Guid.Parse("00000000-0000-0000-0000-0000000000c1")), PrincipalKind.Group, "lab");

    /// <summary>The site that is asked.</summary>
    private const string Here = "0000000000000001";

    public static DatasetId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>A user with a token.</summary>
    public static Caller User(PrincipalRecord who, RoleSet roles = default, TokenScope? scope = null, IReadOnlyList<MembershipRecord>? groups = null)
    {
        var user = new UserRecord(who.Id, who.Name, null, Now, null);
        var token = new TokenRecord("0123456789abcdef", who.Id, null, default, scope ?? TokenScope.Full, Now, null, null, null);
        return Caller.ForToken(user, groups ?? [], roles, token);
    }

    /// <summary>The holder of a link to the dataset.</summary>
    public static Caller Link(Rights right) =>
        Caller.ForLink(new LinkRecord("fedcba9876543210", Dataset, right, default, "ada", Now, Now + TimeSpan.FromDays(1), null));

    /// <summary>Membership in the group lab.</summary>
    public static IReadOnlyList<MembershipRecord> InLab(bool manager) => [new(Lab.Id, Lab.Name, manager)];

    /// <summary>The dataset with an owner, a visibility and rights given.</summary>
    public static DatasetAccess Facts(PrincipalRecord? owner = null, Visibility? visibility = null, params (PrincipalRecord Who, Rights Right)[] grants) =>
        FactsOf(Here, owner, visibility, grants);

    /// <summary>The same, where another site is its home.</summary>
    public static DatasetAccess FactsFromElsewhere(params (PrincipalRecord Who, Rights Right)[] grants) =>
        FactsOf("0000000000000002", null, null, grants);

    /// <summary>The answer to a question about the dataset.</summary>
    public static Result<Access> Ask(Caller caller, DatasetAccess facts, Operation operation) =>
        AuthorizationRules.OnDataset(caller, facts, Dataset, operation, Now, AskedPath.Whole);

    /// <summary>An answer in a few letters.</summary>
    public static string Short<T>(Result<T> answer) => answer.IsOk ? "yes"
        : answer.Error.Code == ErrorCode.ScopeMissing ? "scope"
        : answer.Error.Code.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static DatasetAccess FactsOf(
        string home, PrincipalRecord? owner, Visibility? visibility, (PrincipalRecord Who, Rights Right)[] grants) =>
        new(
            new NameRecord(Dataset, owner ?? Owner, "data", visibility ?? Visibility.Private, Now, new HomeRecord(home, 1)),
            grants.Where(g => g.Right != Rights.None).Select(g => new GrantRecord(Dataset, g.Who, g.Right, null, "ada", Now)),
            Here);
}
