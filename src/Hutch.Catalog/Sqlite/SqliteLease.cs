namespace Hutch.Catalog.Sqlite;

/// <summary>A rented session; disposing returns it and rolls back an open transaction.</summary>
public sealed class SqliteLease : IDisposable
{
    private Action<SqliteSession>? _giveBack;

    internal SqliteLease(SqliteSession session, Action<SqliteSession> giveBack)
    {
        Session = session;
        _giveBack = giveBack;
    }

    /// <summary>The session, for exclusive use.</summary>
    public SqliteSession Session { get; }

    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke(Session);
}
