using System.Data;
using Hutch.Catalog.Sqlite;
using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// The connections to one database: for writing, for reading only, and single ones for listening. All have time limits, so that no server
/// waits forever for a stalled one.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class PostgresSource : IAsyncDisposable
{
    private readonly PostgresDatabase _database;

    private PostgresSource(PostgresDatabase database, PostgresOptions options)
    {
        _database = database;
        Options = options;
        Writers = Build(options.MaxWriters, isReading: false);
        // One more than read at a time: for the question whether anything changed, which everybody waits for.
        Readers = Build(options.MaxReaders + 1, isReading: true);
        Listeners = Build(most: null, isReading: true);
    }

    public PostgresAddress Address => _database.Address;

    public PostgresOptions Options { get; }

    public NpgsqlDataSource Writers { get; }

    /// <summary>Connections on which the server refuses every change.</summary>
    public NpgsqlDataSource Readers { get; }

    public NpgsqlDataSource Listeners { get; }

    /// <summary>
    /// Connects and checks the database. Throws <see cref="CatalogException"/> with advice for the operator when it is unsuitable.
    /// </summary>
    public static async Task<PostgresSource> OpenAsync(PostgresDatabase database, PostgresOptions options, CancellationToken ct)
    {
        var source = new PostgresSource(database, options);
        try
        {
            await source.RequireUsableAsync(ct);
            return source;
        }
        catch (Exception e)
        {
            await source.DisposeAsync();
            if (source.InWords(e) is { } words)
            {
                throw new CatalogException(words, e);
            }

            throw;
        }
    }

    /// <summary>Returns the advice to an operator for a failure of the database; null for anything else, which is a bug.</summary>
    public string? InWords(Exception failure) => _database.InWords(failure);

    public async ValueTask DisposeAsync()
    {
        await Listeners.DisposeAsync();
        await Readers.DisposeAsync();
        await Writers.DisposeAsync();
    }

    private async Task RequireUsableAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await Writers.OpenConnectionAsync(ct);
        Version version = connection.PostgreSqlVersion;
        if (version.Major < Options.OldestVersion)
        {
            throw new CatalogException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Address} is PostgreSQL {version.Major}, and Hutch needs {Options.OldestVersion} or later: upgrade it."));
        }

        await using NpgsqlCommand ask = connection.CreateCommand();
        ask.CommandText = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only'), current_setting('server_encoding')";
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
        await reader.ReadAsync(ct);
        if (reader.GetBoolean(0) || reader.GetString(1) == "on")
        {
            throw new CatalogException(_database.ReadOnlyInWords);
        }

        if (reader.GetString(2) is var encoding && encoding != "UTF8")
        {
            throw new CatalogException(
                $"{Address} has the encoding {encoding}, and Hutch needs UTF8: make the database again with `createdb --encoding UTF8`.");
        }
    }

    private NpgsqlDataSource Build(int? most, bool isReading) => _database.Connect(text =>
    {
        text.SearchPath = Options.Schema;
        text.Timeout = Options.ConnectSeconds;
        text.CommandTimeout = Options.CommandSeconds;
        text.Pooling = most is not null;
        text.Options = Settings(isReading);
        if (most is { } connections)
        {
            text.MaxPoolSize = connections;
            text.MaxAutoPrepare = 128;
            text.AutoPrepareMinUsages = 2;
        }
    });

    /// <summary>Returns the settings of each connection, which override those of the server, the database and the role.</summary>
    private string Settings(bool isReading) => string.Create(
        CultureInfo.InvariantCulture,
        $"-c synchronous_commit=on -c lock_timeout={Options.LockSeconds}s "
        + $"-c idle_in_transaction_session_timeout={Options.SilenceMilliseconds} "
        + $"-c default_transaction_read_only={(isReading ? "on" : "off")} -c client_min_messages=warning");
}
