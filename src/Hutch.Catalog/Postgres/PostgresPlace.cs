using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>A PostgreSQL database that servers share.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Password">Where the password comes from.</param>
public sealed record PostgresPlace(PostgresAddress Address, PostgresPassword Password)
{
    /// <summary>The oldest version that has all that is used (<c>client_connection_check_interval</c>).</summary>
    public const int OldestVersion = 14;

    /// <summary>Connections that a server opens at most, for the log and for accounts and rights.</summary>
    public const int ConnectionsOfServer = 40;

    /// <summary>By how much the clocks of a server and of its machine may differ before somebody must see to it.</summary>
    public static TimeSpan MaxClockDifference { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What to do about a database that is read-only.</summary>
    public string ReadOnlyInWords => PostgresWords.ReadOnly(Address);

    /// <summary>What an operator can do about a failure of the database; null for anything else, which is a bug.</summary>
    public string? InWords(Exception failure) => PostgresWords.For(failure, Address, Password);

    /// <summary>Connections to it, none of which is opened yet.</summary>
    /// <param name="settings">Says what is particular about them.</param>
    /// <exception cref="Sqlite.CatalogException">The password cannot be read.</exception>
    public NpgsqlDataSource Connect(Action<NpgsqlConnectionStringBuilder> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
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

        // Whoever used a connection leaves nothing behind: no setting of a session is ever changed.
        text.NoResetOnClose = true;
        settings(text);

        // The types that are used are PostgreSQL's own: nobody needs to ask for others when the first connection is made.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        if (Password.Read() is not null)
        {
            builder.UsePasswordProvider(_ => Password.Read()!, (_, _) => new ValueTask<string>(Password.Read()!));
        }

        return builder.Build();
    }
}
