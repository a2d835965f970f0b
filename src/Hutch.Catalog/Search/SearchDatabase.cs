using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>
/// <c>search.db</c>: the words of datasets, and who may find them. A view of the zone and the site, opened when it is first needed;
/// one that is lost, or cannot be read, is made anew.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SearchDatabase(IDisk disk, string folder, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "search.db";

    /// <summary>
    /// The query of <see cref="FindAsync"/>: the index gives the keys from the highest down, so that a page costs what is on it.
    /// </summary>
    internal const string FindSql =
        "SELECT rowid AS Key, id AS Id FROM datasets WHERE datasets MATCH @match AND rowid < @below ORDER BY rowid DESC LIMIT @limit";

    private readonly Lock _gate = new();
    private SqliteDatabase? _database;

    private string Path => System.IO.Path.Combine(folder, FileName);

    /// <summary>The datasets that an expression finds, newest first.</summary>
    /// <param name="expression">What is asked.</param>
    /// <param name="below">Only keys below this one; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="limit">Most hits.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<IReadOnlyList<SearchHit>> FindAsync(SearchExpression expression, long below, int limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return await Open().ReadAsync<IReadOnlyList<SearchHit>>(
            session =>
            {
                string match = expression.ToMatch(word => WordEndings.Find(session, word));
                return [.. session.Connection.Query<Row>(FindSql, new { match, below, limit }).Select(row => row.ToHit())];
            },
            ct);
    }

    /// <summary>Those of some datasets, by key, that an expression finds.</summary>
    public async ValueTask<IReadOnlyCollection<long>> FindAmongAsync(
        SearchExpression expression, IReadOnlyCollection<long> keys, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return await Open().ReadAsync<IReadOnlyCollection<long>>(
            session =>
            {
                string match = expression.ToMatch(word => WordEndings.Find(session, word));
                return session.Connection.Query<long>(
                    "SELECT rowid FROM datasets WHERE datasets MATCH @match AND rowid IN @keys", new { match, keys }).ToHashSet();
            },
            ct);
    }

    /// <summary>
    /// Changes the index in one transaction, alone: others wait, so that what <paramref name="work"/> reads elsewhere and writes here is
    /// not overtaken.
    /// </summary>
    public async Task<T> UpdateAsync<T>(Func<SearchWriter, Task<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        using SqliteLease lease = await RentWriterAsync(ct);
        lease.Session.Begin();
        T value = await work(new SearchWriter(lease.Session));
        lease.Session.Commit();
        return value;
    }

    /// <summary>Forgets datasets so that none of their words is left in the file; returns false when a reader was in the way.</summary>
    public async Task<bool> WipeAsync(IEnumerable<long> keys, CancellationToken ct)
    {
        if (Volatile.Read(ref _database) is null && !disk.FileExists(Path))
        {
            return true;
        }

        using SqliteLease lease = await RentWriterAsync(ct);
        SqliteSession session = lease.Session;
        session.Begin();
        var writer = new SearchWriter(session);
        foreach (long key in keys)
        {
            writer.Remove(key);
        }

        // The words of a deleted row stay in the index until its parts are merged.
        session.Execute("INSERT INTO datasets (datasets) VALUES ('optimize')");
        session.Commit();
        return session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_database is { } database)
        {
            await database.DisposeAsync();
        }
    }

    internal SqliteDatabase Open()
    {
        lock (_gate)
        {
            return _database ??= OpenOrRemake();
        }
    }

    private SqliteDatabase OpenOrRemake()
    {
        try
        {
            return OpenFile();
        }
        catch (CatalogException)
        {
            // Nothing is in it that is not elsewhere.
            foreach (string file in (string[])[Path, Path + "-wal", Path + "-shm"])
            {
                if (disk.FileExists(file))
                {
                    disk.Delete(file);
                }
            }

            return OpenFile();
        }
    }

    private SqliteDatabase OpenFile()
    {
        SqliteOptions options = SqliteOptions.View with
        {
            Synchronous = SqliteSynchronous.Normal,
            ApplicationId = SearchSchema.ApplicationId,
        };
        return SqliteDatabase.Open(Path, options, SearchSchema.Migrations, time);
    }

    // What is deleted is overwritten: a purge must leave nothing in this file either.
    private async ValueTask<SqliteLease> RentWriterAsync(CancellationToken ct)
    {
        SqliteLease lease = await Open().RentWriterAsync(ct);
        _ = lease.Session.Scalar("PRAGMA secure_delete=ON");
        return lease;
    }

    private sealed class Row
    {
        public long Key { get; init; }

        public string Id { get; init; } = "";

        public SearchHit ToHit() => new(Key, new DatasetId(Guid.Parse(Id)));
    }
}
