using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Sites;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Catalog.Zone;

/// <summary>
/// The records of the zone: accounts, names, rights and the audit. They exist nowhere else, so every change is durable before it is
/// answered. They are in <c>zone.db</c>, a file of this process, or in a PostgreSQL database that several servers share.
/// </summary>
/// <remarks>Thread-safe. Changes of all servers are serialized; reads do not wait for them.</remarks>
public sealed partial class ZoneDatabase : IAsyncDisposable
{
    public const string FileName = "zone.db";

    public const string PostgresSchema = PostgresZone.Schema;

    private readonly IZoneEngine _engine;
    private readonly ZoneTime _time;

    private ZoneDatabase(IZoneEngine engine, TimeProvider time)
    {
        _engine = engine;
        _time = new ZoneTime(time);
        View = new ZoneViewState(_time);
        Budget = new AuditBudget(time);
    }

    /// <summary>The newest schema that this program knows.</summary>
    public static int KnownSchema => ZoneSchema.Migrations.Count;

    /// <summary>The id of this zone, 16 hex digits, which a move or restore of its data folder does not change.</summary>
    public string Id => _engine.Id;

    /// <summary>
    /// Rises with every change, before the change is answered. A cache notes the version from before its read, and reads again when it
    /// differs. Changes of other servers are included after <see cref="SyncViewAsync"/>.
    /// </summary>
    public long Version => _engine.Version.Value;

    /// <summary>Rises when the feed has brought summaries of datasets, which do not raise <see cref="Version"/> at a site.</summary>
    public RisingNumber SummaryNews { get; } = new();

    /// <summary>The damage found in the database so far; null for none.</summary>
    public string? Damage => _engine.Damage;

    /// <summary>True if the records are in a file of this process, which is copied and backed up with the data folder.</summary>
    public bool IsEmbedded => _engine is EmbeddedZone;

    /// <summary>The zone whose view this is; null if this is a zone itself.</summary>
    public JoinedZoneRecord? Joined => View.Joined;

    /// <summary>The id of this site: given by the joined zone, or that of the zone itself for the zone server's own site.</summary>
    public string SiteId => Joined?.SiteId ?? Id;

    public SiteTerms LocalTerms(ZoneTables tables)
    {
        return Joined is { } joined ? tables.Sites.Find(joined.SiteId)?.Terms ?? SiteTerms.Open : tables.Sites.OwnTerms();
    }

    /// <summary>The clock for the begin and end of rights: that of the zone, also at a site.</summary>
    public TimeProvider Time => _time;

    public ZoneViewState View { get; }

    public AuditBudget Budget { get; }

    /// <summary>Stores changes outside this machine before they are acknowledged; null where no store is configured.</summary>
    public ZoneKeeper? Keeper { get; set; }

    /// <summary>The file of the tables, for copies and checks.</summary>
    internal SqliteDatabase Database => _engine is EmbeddedZone embedded
        ? embedded.Database
        : throw new InvalidOperationException("The zone is in PostgreSQL, and has no file.");

    /// <summary>
    /// Makes sure that <see cref="Version"/> includes every change that any server answered before this call, for decisions from cached
    /// data. Completes at once with a single server.
    /// </summary>
    /// <exception cref="HutchException">The database does not answer.</exception>
    public ValueTask SyncViewAsync(CancellationToken ct) => _engine.SyncViewAsync(ct);

    /// <summary>
    /// Begins an outside request for the rest of this asynchronous flow: within it, <see cref="SyncViewAsync"/> queries the database
    /// once. Dispose of it when the request is answered. Null if no query is needed.
    /// </summary>
    public IDisposable? BeginRequest() => _engine.BeginRequest();

    /// <inheritdoc cref="IZoneEngine.LifeAsync"/>
    public async ValueTask<string> LifeAsync(CancellationToken ct)
    {
        try
        {
            return await _engine.LifeAsync(ct);
        }
        catch (Exception e) when (_engine.FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>Waits until the zone has another version. A change of another server is noticed within a second.</summary>
    public Task WaitForChangeAsync(long seen, CancellationToken ct) => _engine.Version.WaitAsync(seen + 1, ct);

    /// <summary>
    /// Opens or creates the zone's records in a folder, readable by their owner only. Throws <see cref="CatalogException"/> with advice for
    /// the operator if it cannot. A damaged file is not touched.
    /// </summary>
    /// <param name="disk">The disk of the folder; a real one, as SQLite works on files.</param>
    /// <param name="copies">Copies the database before a migration.</param>
    /// <param name="options">The settings; null for <see cref="SqliteOptions.Durable"/>.</param>
    /// <param name="beforeFirst">Called before a new database is made, to refuse that; null for nothing.</param>
    public static ZoneDatabase Open(
        IDisk disk, string folder, TimeProvider time, ZoneCopies copies, SqliteOptions? options = null, Action? beforeFirst = null) =>
        Open(disk, folder, time, copies, options, beforeFirst, ZoneSchema.Migrations);

    internal static ZoneDatabase Open(
        IDisk disk, string folder, TimeProvider time, ZoneCopies copies, SqliteOptions? options, Action? beforeFirst,
        IReadOnlyList<Migration> migrations)
    {
        EmbeddedZone engine = EmbeddedZone.Open(disk, folder, time, copies, options, beforeFirst, migrations);
        var zone = new ZoneDatabase(engine, time);
        if (engine.HasJoined)
        {
            using SqliteLease lease = engine.Database.RentReader(CancellationToken.None);
            zone.TryReadJoined(lease.Session.Connection);
        }

        return zone;
    }

    /// <summary>
    /// Opens or creates the zone's records in a PostgreSQL database, in a schema of their own; other servers may do so at the same time.
    /// Throws <see cref="CatalogException"/> with advice for the operator if it cannot.
    /// </summary>
    /// <param name="beforeFirst">Called before the tables are made, to refuse that; null for nothing.</param>
    public static Task<ZoneDatabase> OpenAsync(
        PostgresDatabase database, TimeProvider time, ILogger logger, Action? beforeFirst, CancellationToken ct) =>
        OpenAsync(database, new PostgresOptions { Schema = PostgresZone.Schema }, time, logger, beforeFirst, ct);

    internal static async Task<ZoneDatabase> OpenAsync(
        PostgresDatabase database, PostgresOptions options, TimeProvider time, ILogger logger, Action? beforeFirst, CancellationToken ct)
    {
        PostgresSource source = await PostgresSource.OpenAsync(database, options, ct);
        PostgresZone engine;
        try
        {
            engine = await PostgresZone.OpenAsync(source, time, logger, beforeFirst, ct);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }

        var zone = new ZoneDatabase(engine, time);
        engine.Joined = zone.ReadJoined;
        try
        {
            // Also a join of another server that committed after the tables were opened.
            await engine.ReadAsync(zone.TryReadJoined, ct);
            return zone;
        }
        catch
        {
            await zone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns true if there is any account: false before the first start has made one.</summary>
    public ValueTask<bool> HasUsersAsync(CancellationToken ct) => _engine.ReadAsync(
        static connection =>
        {
            // Without Dapper, which costs tens of milliseconds of compilation the first time: this runs at every start.
            using DbCommand ask = connection.CreateCommand();
            ask.CommandText = "SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS found";
            return (long)ask.ExecuteScalar()! != 0;
        },
        ct);

    /// <summary>Reads one state of the tables, which includes every change answered before.</summary>
    /// <exception cref="HutchException">The database is damaged, or does not answer.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<ZoneTables, T> read, CancellationToken ct)
    {
        try
        {
            return await _engine.ReadAsync(connection => read(new ZoneTables(connection, _time)), ct);
        }
        catch (Exception e) when (_engine.FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>
    /// Makes a change with its lines in the audit in one transaction. A refusal or an exception changes nothing. The change is durable on
    /// return, and invalidates every cache. A full disk is a refusal (507), a failing one an unknown outcome (503).
    /// </summary>
    /// <remarks>Refused in the view of another zone, which only the feed changes.</remarks>
    /// <param name="change">
    /// The change; it must note at least one line. It may be called twice, with the first call rolled back, so its effects outside the
    /// tables must be harmless then.
    /// </param>
    /// <param name="ct">Ends the wait for other changes; a change that has begun is finished.</param>
    public ValueTask<Result<T>> ChangeAsync<T>(AuditActor actor, Func<ZoneChange, Result<T>> change, CancellationToken ct) =>
        ChangeAsync(actor, tables => FindRefusal(actor, tables) is { } refusal ? refusal : change(tables), null, ct);

    /// <summary>
    /// Makes a change that protects an account, such as the end of a token, or that follows from another one: the limit of its author's
    /// lines in the audit does not refuse it.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync{T}(AuditActor, Func{ZoneChange, Result{T}}, CancellationToken)"/>
    public ValueTask<Result<T>> ChangeUnlimitedAsync<T>(AuditActor actor, Func<ZoneChange, Result<T>> change, CancellationToken ct) =>
        ChangeAsync(actor, tables => View.Refusal is { } refusal ? refusal : change(tables), null, ct);

    /// <summary>Changes this server's own data, even if the rest is the view of another zone.</summary>
    /// <inheritdoc cref="ChangeAsync{T}(AuditActor, Func{ZoneChange, Result{T}}, CancellationToken)"/>
    public ValueTask<Result<T>> ChangeOwnAsync<T>(AuditActor actor, Func<ZoneChange, Result<T>> change, CancellationToken ct) =>
        ChangeAsync(actor, change, null, ct);

    /// <summary>Returns the refusal of an author that has caused all lines of the audit that it may; null for others.</summary>
    public ValueTask<HutchError?> FindRefusalAsync(AuditActor actor, CancellationToken ct) =>
        ReadAsync(tables => Budget.FindRefusal(actor, tables), ct);

    private HutchError? FindRefusal(AuditActor actor, ZoneTables tables) => View.Refusal ?? Budget.FindRefusal(actor, tables);

    private async ValueTask<Result<T>> ChangeAsync<T>(
        AuditActor actor, Func<ZoneChange, Result<T>> change, Action? committed, CancellationToken ct)
    {
        bool isToKeep = false;
        try
        {
            Result<T> changed = await InTransactionAsync(
                async transaction =>
                {
                    var tables = new ZoneChange(transaction.Connection, _time, actor, Id);
                    Result<T> result = change(tables);
                    if (!result.IsOk)
                    {
                        return result;
                    }

                    isToKeep = tables.MustOutliveMachine && Keeper is not null;
                    if (isToKeep && await Keeper!.FindRefusalAsync(ct) is { } away)
                    {
                        return away;
                    }

                    if (tables.Lines == 0)
                    {
                        throw new InvalidOperationException("A change of the zone noted nothing in the audit.");
                    }

                    await transaction.CommitAsync(ZoneCommit.Change, ct);
                    tables.Count(Budget);
                    committed?.Invoke();
                    return result;
                },
                ct);
            return changed.IsOk && isToKeep && await Keeper!.StoreAsync(CancellationToken.None) is { } unkept ? unkept : changed;
        }
        catch (Exception e) when (_engine.FindRefusal(e) is HutchError refusal)
        {
            return refusal;
        }
    }

    /// <summary>
    /// Runs work in a transaction, and once more in another one if the first is lost before anything was changed. The database disconnects
    /// a server that stalls for too long in the middle of a change. The work may have found data that are out of date by then.
    /// </summary>
    private async ValueTask<T> InTransactionAsync<T>(Func<IZoneTransaction, ValueTask<T>> work, CancellationToken ct)
    {
        await using (IZoneTransaction transaction = await _engine.BeginTransactionAsync(ct))
        {
            try
            {
                return await work(transaction);
            }
            catch (Exception e) when (_engine.IsLostUnchanged(e))
            {
                // Once it is given back, below, the next one can be taken.
            }
        }

        await using IZoneTransaction again = await _engine.BeginTransactionAsync(ct);
        return await work(again);
    }

    /// <summary>
    /// Adds a line to the audit about an action elsewhere. Durable on return; invalidates no cache. Throws <see cref="HutchException"/>
    /// when the disk is full or fails.
    /// </summary>
    public async ValueTask AuditAsync(AuditActor actor, string action, string? target, string? detail, CancellationToken ct)
    {
        try
        {
            await InTransactionAsync(
                async transaction =>
                {
                    var tables = new ZoneChange(transaction.Connection, _time, actor, Id);
                    tables.AddAudit(action, target, detail);
                    await transaction.CommitAsync(ZoneCommit.Note, ct);
                    tables.Count(Budget);
                    return Done.Value;
                },
                ct);
        }
        catch (Exception e) when (_engine.FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>
    /// Notes the last uses of tokens and sessions. It is no change of the zone: no cache is invalidated, nothing is audited.
    /// </summary>
    public ValueTask TouchAsync(
        IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> tokenUses,
        IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> sessionUses,
        CancellationToken ct) =>
        KeepUpAsync(
            tables =>
            {
                foreach ((string id, DateTimeOffset at) in tokenUses)
                {
                    tables.Tokens.Touch(id, at);
                }

                foreach ((string id, DateTimeOffset at) in sessionUses)
                {
                    tables.Sessions.Touch(id, at);
                }
            },
            ct);

    /// <summary>
    /// Changes expiring data that are neither audited nor cached: unfinished logins, failed attempts. Throws <see cref="HutchException"/>
    /// when the disk is full, or the database does not answer. As in a change, the work may run twice, with the first run rolled back.
    /// </summary>
    public async ValueTask<T> KeepAsync<T>(Func<ZoneTables, T> work, CancellationToken ct)
    {
        try
        {
            return await InTransactionAsync(
                async transaction =>
                {
                    T value = work(new ZoneTables(transaction.Connection, _time));
                    await transaction.CommitAsync(ZoneCommit.Maintenance, ct);
                    return value;
                },
                ct);
        }
        catch (Exception e) when (_engine.FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>Notes the outcome of a mail. It is no change of the zone: no cache is invalidated, nothing is audited.</summary>
    public ValueTask NoteMailAsync(Action<MailTable> note, CancellationToken ct) => KeepUpAsync(tables => note(tables.Mails), ct);

    /// <summary>
    /// Removes sessions, one-time links and tokens for steps that ended long ago. The audit retains their existence. It is no change of the
    /// zone, since these were already invalid. A site removes them when its zone has.
    /// </summary>
    public ValueTask DeleteEndedAsync(DateTimeOffset before, DateTimeOffset stepsBefore, CancellationToken ct) => KeepUpAsync(
        tables =>
        {
            if (Joined is null)
            {
                tables.Tokens.DeleteJobTokens(stepsBefore);
            }

            tables.Feed.DeleteTokens(isView: Joined is not null);
            tables.Sessions.DeleteBefore(before);
            tables.LoginLinks.DeleteBefore(before);
            tables.Attempts.DeleteBefore(before);
            tables.PendingLogins.DeleteExpired();
        },
        ct);

    /// <summary>
    /// Writes a checked copy of the current zone as a SQLite file, readable by its owner only. On return its contents are durable, but its
    /// name is not. Secrets that several servers share are not in it.
    /// </summary>
    public async ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct)
    {
        try
        {
            await (IsEmbedded
                ? SqliteCopy.WriteAsync(Database, disk, path, ct)
                : ZoneTransfer.WriteFileAsync(_engine, disk, path, _time, ct));
        }
        catch (Exception e) when (!IsEmbedded && _engine.FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    /// <summary>
    /// Replaces the records of a zone in PostgreSQL, which no server uses, by those of a file, which is brought to the schema of this
    /// program first. Durable on return.
    /// </summary>
    /// <param name="secrets">The secrets that servers share; others stay.</param>
    public async ValueTask FillAsync(
        string path, IReadOnlyList<(string Name, byte[] Value)> secrets, CancellationToken ct)
    {
        SqliteOptions options = SqliteOptions.View with { ApplicationId = ZoneSchema.ApplicationId };
        await using SqliteDatabase file = SqliteDatabase.Open(path, options, ZoneSchema.Migrations, _time);
        await InTransactionAsync(
            async transaction =>
            {
                using SqliteLease lease = file.RentReader(ct);
                ZoneTransfer.Load((NpgsqlConnection)transaction.Connection, lease.Session, ct);
                var tables = new ZoneTables(transaction.Connection, _time);
                foreach ((string name, byte[] value) in secrets.Where(one => tables.Secrets.Find(one.Name) is null))
                {
                    tables.Secrets.Add(name, value);
                }

                await transaction.CommitAsync(ZoneCommit.Maintenance, ct);
                return Done.Value;
            },
            ct);
    }

    /// <summary>Checks the database for damage. Returns the findings; empty without any.</summary>
    public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct) => _engine.CheckIntegrityAsync(ct);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async ValueTask KeepUpAsync(Action<ZoneTables> work, CancellationToken ct) => await KeepAsync(
        tables =>
        {
            work(tables);
            return Done.Value;
        },
        ct);
}
