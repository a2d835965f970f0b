using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// Receives warnings of PostgreSQL during a commit: a commit that is cancelled while it waits for a standby succeeds with a warning, and
/// may not survive a failover.
/// </summary>
public sealed class CommitWarnings : IDisposable
{
    private readonly NpgsqlConnection _connection;

    public CommitWarnings(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notice += OnNotice;
    }

    /// <summary>The last warning; null without any.</summary>
    public string? Last { get; private set; }

    public void Dispose() => _connection.Notice -= OnNotice;

    private void OnNotice(object sender, NpgsqlNoticeEventArgs e) =>
        Last = e.Notice.InvariantSeverity == "WARNING" ? e.Notice.MessageText : Last;
}
