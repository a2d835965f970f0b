using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;
using Hutch.Model.Publications;

namespace Hutch.Catalog.Zone;

/// <summary>The encoding of values in the columns of the zone. A value that cannot be read back is damage, not a bad request.</summary>
internal static class ZoneText
{
    public static PrincipalId PrincipalId(string text) =>
        Model.PrincipalId.TryParse(text, out PrincipalId id) ? id : throw Damaged("a principal id", text);

    public static DatasetId DatasetId(string text) =>
        Model.DatasetId.TryParse(text, out DatasetId id) ? id : throw Damaged("a dataset id", text);

    public static PrincipalKind Kind(string text) => text switch
    {
        "user" => PrincipalKind.User,
        "group" => PrincipalKind.Group,
        _ => throw Damaged("a kind of principal", text),
    };

    public static Rights Right(string text)
    {
        if (text == "none")
        {
            return Rights.None;
        }

        return RightsExtensions.ParseRight(text).TryGet(out Rights right, out _) ? right : throw Damaged("a right", text);
    }

    public static AssignedRole Role(string text) =>
        AssignedRole.Parse(text).TryGet(out AssignedRole role, out _) ? role : throw Damaged("a role", text);

    public static TokenScope Scope(string text) =>
        TokenScope.Parse(text).TryGet(out TokenScope? scope, out _) ? scope : throw Damaged("a token scope", text);

    public static string Way(LoginWay way) => way switch
    {
        LoginWay.Password => "password",
        LoginWay.LoginLink => "login-link",
        LoginWay.Share => "share",
        LoginWay.OpenId => "openid",
        LoginWay.Invite => "invite",

        // The table's constraint, which SQLite cannot change, knows no other word for a login at another server. The token of the
        // session distinguishes the two.
        LoginWay.Zone => "openid",
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    public static LoginWay Way(string text) => text switch
    {
        "password" => LoginWay.Password,
        "login-link" => LoginWay.LoginLink,
        "share" => LoginWay.Share,
        "openid" => LoginWay.OpenId,
        "invite" => LoginWay.Invite,
        _ => throw Damaged("a way to log in", text),
    };

    public static string DoiState(DoiState state) => state switch
    {
        Model.Publications.DoiState.Pending => "pending",
        Model.Publications.DoiState.Draft => "draft",
        Model.Publications.DoiState.Registered => "registered",
        Model.Publications.DoiState.Findable => "findable",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static DoiState DoiState(string text) => text switch
    {
        "pending" => Model.Publications.DoiState.Pending,
        "draft" => Model.Publications.DoiState.Draft,
        "registered" => Model.Publications.DoiState.Registered,
        "findable" => Model.Publications.DoiState.Findable,
        _ => throw Damaged("a state of a DOI", text),
    };

    public static NoticeKind NoticeKind(string text) =>
        Enum.GetValues<NoticeKind>().Cast<NoticeKind?>().FirstOrDefault(kind => kind!.Value.ToName() == text)
            ?? throw Damaged("a kind of a notification", text);

    public static MailState MailState(string text) => text switch
    {
        "kept" => Model.Zone.MailState.Kept,
        "queued" => Model.Zone.MailState.Queued,
        "sent" => Model.Zone.MailState.Sent,
        "failed" => Model.Zone.MailState.Failed,
        _ => throw Damaged("a state of a mail", text),
    };

    public static string Scope(RuleScopeKind kind) => kind switch
    {
        RuleScopeKind.Dataset => "dataset",
        RuleScopeKind.Type => "type",
        RuleScopeKind.Owner => "owner",
        RuleScopeKind.All => "all",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string RuleNews(RuleNotificationKind notification) => notification switch
    {
        Model.Placement.RuleNotificationKind.Nothing => "nothing",
        Model.Placement.RuleNotificationKind.Whole => "whole",
        Model.Placement.RuleNotificationKind.Stuck => "stuck",
        _ => throw new ArgumentOutOfRangeException(nameof(notification)),
    };

    public static RuleNotificationKind RuleNews(string text) => text switch
    {
        "nothing" => Model.Placement.RuleNotificationKind.Nothing,
        "whole" => Model.Placement.RuleNotificationKind.Whole,
        "stuck" => Model.Placement.RuleNotificationKind.Stuck,
        _ => throw Damaged("news of rules", text),
    };

    public static RuleScopeKind ScopeKind(string text) => text switch
    {
        "dataset" => RuleScopeKind.Dataset,
        "type" => RuleScopeKind.Type,
        "owner" => RuleScopeKind.Owner,
        "all" => RuleScopeKind.All,
        _ => throw Damaged("a scope of rules", text),
    };

    public static PlacementRule Rule(string text) =>
        PlacementRule.Parse(text).TryGet(out PlacementRule? rule, out _) ? rule : throw Damaged("a rule", text);

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static CatalogException Damaged(string what, string text) =>
        new(
            $"The records of accounts and rights are damaged: '{text}' is not {what}. Stop the server and restore the newest copy of "
            + "zone.db from the folder of copies, or that of the PostgreSQL database.");
}
