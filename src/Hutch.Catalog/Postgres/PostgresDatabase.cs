using Npgsql;

namespace Hutch.Catalog.Postgres;

public sealed record PostgresDatabase(PostgresAddress Address, PostgresPassword Password)
{
    /// <summary>The oldest version with all required features (<c>client_connection_check_interval</c>).</summary>
    public const int OldestVersion = 14;

    /// <summary>The most connections of a server, for the log and for accounts and rights.</summary>
    public const int ConnectionsOfServer = 40;

    /// <summary>The difference between PostgreSQL's clock and this machine's above which an operator should act.</summary>
    public static TimeSpan MaxClockDifference { get; } = TimeSpan.FromSeconds(5);

    public string ReadOnlyInWords => PostgresErrorText.ReadOnly(Address);

    /// <summary>Returns the advice to an operator for a failure of the database; null for anything else, which is a bug.</summary>
    public string? InWords(Exception failure) => PostgresErrorText.For(failure, Address, Password);

    /// <summary>Makes a source of connections, and opens none yet.</summary>
    /// <exception cref="Sqlite.CatalogException">The password cannot be read.</exception>
    public NpgsqlDataSource Connect(Action<NpgsqlConnectionStringBuilder> settings)
    {
        var builder = new NpgsqlDataSourceBuilder();
        NpgsqlConnectionStringBuilder text = builder.ConnectionStringBuilder;
        text.ApplicationName = "hutch";
        text.Host = Address.Host;
        text.Port = Address.Port;
        text.Database = Address.Database;
        text.Username = Address.User;
        text.SslMode = Enum.Parse<SslMode>(Address.Tls.ToString(), ignoreCase: true);
        text.RootCertificate = Address.RootCertificate;
        text.TcpKeepAlive = true;

        // No user of a connection leaves anything behind: no setting of a session is ever changed.
        text.NoResetOnClose = true;
        settings(text);

        // Only PostgreSQL's own types are used, so the first connection need not load others.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        if (Password.Read() is not null)
        {
            builder.UsePasswordProvider(_ => Password.Read()!, (_, _) => new ValueTask<string>(Password.Read()!));
        }

        return builder.Build();
    }
}
