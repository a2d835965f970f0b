using System.Security.Cryptography;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The zone in <c>zone.db</c>, a SQLite file of this process alone: its version is known without a query.</summary>
internal sealed class EmbeddedZone : IZoneEngine
{
    private readonly string _life = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private string? _damage;

    private EmbeddedZone(SqliteDatabase database, SqliteSession session)
    {
        Database = database;
        Version = new RisingNumber(session.Scalar("SELECT version FROM zone_version"));
        Id = session.Text("SELECT id FROM zone_identity");
        HasJoined = session.Scalar("SELECT count(*) FROM joined_zone") > 0;
    }

    public SqliteDatabase Database { get; }

    public string Id { get; set; }

    public bool HasJoined { get; }

    public RisingNumber Version { get; }

    public string? Damage => Volatile.Read(ref _damage);

    public static EmbeddedZone Open(
        IDisk disk, string folder, TimeProvider time, ZoneCopies copies, SqliteOptions? options, Action? beforeFirst,
        IReadOnlyList<Migration> migrations)
    {
        string path = Path.Combine(folder, ZoneDatabase.FileName);
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
            return new EmbeddedZone(database, lease.Session);
        }
        catch (CatalogException e) when (SqliteDamage.Is(e))
        {
            throw new CatalogException(
                $"{path}, which has the accounts, tokens and grants, is damaged ({e.InnerException!.Message.TrimEnd('.')}). "
                + $"It was not changed. {ZoneCopies.WayBack(disk, folder)}",
                e.InnerException);
        }
    }

    public ValueTask SyncViewAsync(CancellationToken ct) => ValueTask.CompletedTask;

    public IDisposable? BeginRequest() => null;

    public ValueTask<string> LifeAsync(CancellationToken ct) => new(_life);

    public ValueTask<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken ct) =>
        Database.ReadConsistentAsync(session => read(session.Connection), ct);

    public async ValueTask<IZoneTransaction> BeginTransactionAsync(CancellationToken ct)
    {
        SqliteLease lease = await Database.RentWriterAsync(ct);
        try
        {
            lease.Session.Begin();
            return new Transaction(this, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public HutchError? FindRefusal(Exception failure)
    {
        if (failure is not SqliteException of)
        {
            return null;
        }

        if (SqliteDamage.Is(of))
        {
            Volatile.Write(ref _damage, of.Message);
        }

        return ZoneFailure.Refusal(of);
    }

    public bool IsLostUnchanged(Exception failure) => false;

    public async ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct)
    {
        IReadOnlyList<string> found = await Database.CheckIntegrityAsync(ct);
        Volatile.Write(ref _damage, found.Count == 0 ? null : found[0]);
        return found;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>The writing session. Returning it rolls back uncommitted changes.</summary>
    private sealed class Transaction(EmbeddedZone zone, SqliteLease lease) : IZoneTransaction
    {
        public DbConnection Connection => lease.Session.Connection;

        public ValueTask CommitAsync(ZoneCommit kind, CancellationToken ct)
        {
            if (kind != ZoneCommit.Change)
            {
                lease.Session.Commit();
                return ValueTask.CompletedTask;
            }

            lease.Session.Execute("UPDATE zone_version SET version = version + 1 WHERE id = 1");
            try
            {
                lease.Session.Commit();
            }
            finally
            {
                // Also after a commit that failed: whether it took effect is then not known, and asking again is always right.
                // Counted here and not read back, so that no number is ever used for two states.
                zone.Version.Raise();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            lease.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
