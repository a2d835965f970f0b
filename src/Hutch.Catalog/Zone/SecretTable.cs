using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Secrets that the servers of a zone share. A zone in a file of one process stores them in files of their own instead.</summary>
public sealed class SecretTable : ZoneTable
{
    internal SecretTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public byte[]? Find(string name) =>
        _connection.QuerySingleOrDefault<byte[]>("SELECT value FROM secrets WHERE name = @name", new { name });

    /// <summary>Adds a secret, which never changes.</summary>
    public void Add(string name, byte[] value) =>
        _connection.Execute(
            "INSERT INTO secrets(name, value, created_ms) VALUES (@name, @value, @now)", new { name, value, now = SqlTime.Now(_time) });
}
