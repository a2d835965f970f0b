namespace Hutch.Catalog.Zone;

/// <summary>The kinds of notifications that people do not want in the bell or by mail. A kind without a row is shown and mailed.</summary>
public sealed class MutedNoticeTable : ZoneTable
{
    internal MutedNoticeTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns what a user wants of a kind.</summary>
    public NoticeChoice Find(PrincipalId user, NoticeKind kind) =>
        _connection.QuerySingleOrDefault<Row>(
            "SELECT in_bell AS InBell, by_mail AS ByMail FROM muted_notices WHERE user_id = @user AND kind = @kind",
            new { user = user.ToString(), kind = kind.ToName() }) is { } row
            ? new NoticeChoice(kind, row.InBell != 0, row.ByMail != 0)
            : new NoticeChoice(kind, true, true);

    public void Set(PrincipalId user, NoticeChoice choice)
    {
        var key = new { user = user.ToString(), kind = choice.Kind.ToName(), bell = choice.InBell ? 1 : 0, mail = choice.ByMail ? 1 : 0 };
        _connection.Execute("DELETE FROM muted_notices WHERE user_id = @user AND kind = @kind", key);
        if (!choice.InBell || !choice.ByMail)
        {
            _connection.Execute("INSERT INTO muted_notices(user_id, kind, in_bell, by_mail) VALUES (@user, @kind, @bell, @mail)", key);
        }
    }

    [method: ExplicitConstructor]
    private sealed record Row(long InBell, long ByMail);
}
