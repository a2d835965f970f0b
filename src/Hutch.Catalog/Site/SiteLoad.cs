using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>Replaces all rows with dumped ones in one transaction. Disposal without completion changes nothing.</summary>
public sealed class SiteLoad : IDisposable
{
    private readonly SqliteSession _session;
    private readonly SiteWriter _writer;

    internal SiteLoad(SqliteSession session, SiteWriter writer)
    {
        _session = session;
        _writer = writer;
        session.Begin();
        foreach (string table in SiteSchema.Tables)
        {
            session.Execute($"DELETE FROM {table}");
        }
    }

    public void Add(ReadOnlyMemory<byte> line) => SiteRows.Load(_session, line);

    public void Complete()
    {
        _session.Execute(SiteSchema.FillEngines);
        _session.Commit();
        _writer.Refresh();
    }

    public void Dispose() => _session.RollbackIfOpen();
}
