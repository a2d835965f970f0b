using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// <c>zone.db</c>: accounts, names, rights and the audit. Records that exist nowhere else, so every change is synced before it is answered.
/// </summary>
/// <remarks>Thread-safe. Changes go one after the other; reads do not wait for them.</remarks>
public sealed class ZoneDatabase : IAsyncDisposable
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "zone.db";

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;
    private string? _damage;

    private ZoneDatabase(SqliteDatabase database, TimeProvider time, SqliteSession session)
    {
        _database = database;
        _time = time;
        _version = session.Scalar("SELECT version FROM zone_version");
        Id = session.Text("SELECT id FROM zone_identity");
    }

    /// <summary>Which zone this is, wherever its data folder is moved or restored: 16 hex digits.</summary>
    public string Id { get; }

    /// <summary>
    /// Rises with every change, before the change is answered. Whoever caches what was read here notes the version from before the read
    /// and asks again when it differs.
    /// </summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>What is damaged in the file, as far as it was met; null for nothing.</summary>
    public string? Damage => Volatile.Read(ref _damage);

    /// <summary>Waits until the zone is no longer at a version.</summary>
    public Task WaitForChangeAsync(long seen, CancellationToken ct)
    {
        // Taken before the version is compared: a change that comes in between completes it.
        Task changed = Volatile.Read(ref _changed).Task;
        return Version == seen ? changed.WaitAsync(ct) : Task.CompletedTask;
    }

    /// <summary>The database under the tables, for copies and checks.</summary>
    internal SqliteDatabase Database => _database;

    /// <summary>
    /// Opens or creates the zone's records in a folder, readable by their owner only.
    /// Throws <see cref="CatalogException"/> with words for the operator when that is not possible: a damaged file is not touched.
    /// </summary>
    /// <param name="disk">The disk that the folder is on; a real one, as SQLite works on files.</param>
    /// <param name="folder">The data folder; it exists.</param>
    /// <param name="time">Where times come from.</param>
    /// <param name="copies">Copies the database before a migration.</param>
    /// <param name="options">How to open it; null for <see cref="SqliteOptions.Durable"/>.</param>
    /// <param name="beforeFirst">Called before a new database is made, to refuse that; null for nothing.</param>
    public static ZoneDatabase Open(
        IDisk disk, string folder, TimeProvider time, ZoneCopies copies, SqliteOptions? options = null, Action? beforeFirst = null) =>
        Open(disk, folder, time, copies, options, beforeFirst, ZoneSchema.Migrations);

    internal static ZoneDatabase Open(
        IDisk disk, string folder, TimeProvider time, ZoneCopies copies, SqliteOptions? options, Action? beforeFirst,
        IReadOnlyList<Migration> migrations)
    {
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            // SQLite gives its other files the mode of this one.
            disk.Open(path, DiskAccess.CreateNew).Dispose();
            disk.SyncFolder(folder);
        }

        SqliteOptions with = (options ?? SqliteOptions.Durable) with { ApplicationId = ZoneSchema.ApplicationId, IsChecked = true };
        try
        {
            SqliteDatabase database = SqliteDatabase.Open(
                path, with, migrations, time,
                (session, from, _) =>
                {
                    if (from > 0)
                    {
                        copies.BeforeMigration(session, from);
                    }
                    else
                    {
                        beforeFirst?.Invoke();
                    }
                });
            using SqliteLease lease = database.RentReader(CancellationToken.None);
            return new ZoneDatabase(database, time, lease.Session);
        }
        catch (CatalogException e) when (SqliteDamage.Is(e))
        {
            throw new CatalogException(
                $"{path}, which has the accounts, tokens and grants, is damaged ({e.InnerException!.Message.TrimEnd('.')}). "
                + $"It was not changed. {ZoneCopies.WayBack(disk, folder)}",
                e.InnerException);
        }
    }

    /// <summary>Whether there is any account: false before the first start has made one.</summary>
    public ValueTask<bool> HasUsersAsync(CancellationToken ct) =>
        _database.ReadAsync(session => session.Scalar("SELECT EXISTS (SELECT 1 FROM users)") != 0, ct);

    /// <summary>Reads one state of the tables.</summary>
    /// <exception cref="HutchException">The file is damaged.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<ZoneTables, T> read, CancellationToken ct)
    {
        try
        {
            return await _database.ReadConsistentAsync(session => read(new ZoneTables(session.Connection, _time)), ct);
        }
        catch (SqliteException e) when (Refuse(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>
    /// Makes a change in one transaction: all of it, with its lines in the audit, or, on a refusal or an exception, nothing.
    /// Returns after the sync; from then on every cache is asked again. A full disk is a refusal (507), a failing one an unknown outcome
    /// (503).
    /// </summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="change">The change; it must note at least one line.</param>
    /// <param name="ct">Ends the wait for other changes; a change that has begun is finished.</param>
    public async ValueTask<Result<T>> ChangeAsync<T>(AuditActor actor, Func<ZoneChange, Result<T>> change, CancellationToken ct)
    {
        using SqliteLease lease = await _database.RentWriterAsync(ct);
        SqliteSession session = lease.Session;
        session.Begin();
        try
        {
            var tables = new ZoneChange(session.Connection, _time, actor, Id);
            Result<T> result = change(tables);
            if (!result.IsOk)
            {
                session.Rollback();
                return result;
            }

            Commit(session, tables);
            return result;
        }
        catch (SqliteException e) when (Refuse(e) is HutchError refusal)
        {
            session.RollbackIfOpen();
            return refusal;
        }
        catch
        {
            session.RollbackIfOpen();
            throw;
        }
    }

    /// <summary>
    /// Adds a line to the audit about something done elsewhere. Returns after the sync. Nothing cached becomes wrong.
    /// Throws <see cref="HutchException"/> when the disk is full or fails.
    /// </summary>
    public async ValueTask NoteAsync(AuditActor actor, string action, string? target, string? detail, CancellationToken ct)
    {
        try
        {
            await _database.WriteAsync(
                session =>
                {
                    new ZoneChange(session.Connection, _time, actor, Id).Note(action, target, detail);
                    return Done.Value;
                },
                ct);
        }
        catch (SqliteException e) when (Refuse(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>
    /// Notes when tokens and sessions were last used. No change of the zone: nothing cached becomes wrong, nothing is audited.
    /// </summary>
    public async ValueTask TouchAsync(
        IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> tokenUses,
        IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> sessionUses,
        CancellationToken ct) =>
        await _database.WriteAsync(
            session =>
            {
                var tokens = new TokenTable(session.Connection, _time);
                foreach ((string id, DateTimeOffset at) in tokenUses)
                {
                    tokens.Touch(id, at);
                }

                var sessions = new SessionTable(session.Connection, _time);
                foreach ((string id, DateTimeOffset at) in sessionUses)
                {
                    sessions.Touch(id, at);
                }

                return Done.Value;
            },
            ct);

    /// <summary>Notes what became of a mail. No change of the zone: nothing cached becomes wrong, nothing is audited.</summary>
    public async ValueTask NoteMailAsync(Action<MailTable> note, CancellationToken ct) =>
        await _database.WriteAsync(
            session =>
            {
                note(new MailTable(session.Connection, _time));
                return Done.Value;
            },
            ct);

    /// <summary>Forgets what ended long ago: sessions and one-time links. The audit keeps that they were. No change of the zone.</summary>
    public async ValueTask ForgetEndedAsync(DateTimeOffset before, CancellationToken ct) =>
        await _database.WriteAsync(
            session =>
                new SessionTable(session.Connection, _time).Forget(before) + new LoginLinkTable(session.Connection, _time).Forget(before),
            ct);

    /// <summary>Writes a checked copy of the zone as it is now, readable by its owner only; durable on return, but for its name.</summary>
    public ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct) => SqliteCopy.WriteAsync(_database, disk, path, ct);

    /// <summary>Looks through the database for damage. Empty when there is none, else what was found.</summary>
    public async ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct)
    {
        IReadOnlyList<string> found = await _database.CheckIntegrityAsync(ct);
        Volatile.Write(ref _damage, found.Count == 0 ? null : found[0]);
        return found;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private HutchError? Refuse(SqliteException e)
    {
        if (SqliteDamage.Is(e))
        {
            Volatile.Write(ref _damage, e.Message);
        }

        return ZoneFailure.Refusal(e);
    }

    private void Commit(SqliteSession session, ZoneChange tables)
    {
        if (tables.Lines == 0)
        {
            throw new InvalidOperationException("A change of the zone noted nothing in the audit.");
        }

        session.Execute("UPDATE zone_version SET version = version + 1 WHERE id = 1");
        try
        {
            session.Commit();
        }
        finally
        {
            // Also after a commit that failed: whether it took effect is then not known, and asking again is always right.
            // Counted here and not read back, so that no number is ever used for two states.
            Interlocked.Increment(ref _version);
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
