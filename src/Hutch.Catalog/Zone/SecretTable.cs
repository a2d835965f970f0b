using System.Data.Common;
using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Secrets that the servers of a zone share. A zone that one process has in a file keeps them out of it, in files of their own.
/// </summary>
public sealed class SecretTable : ZoneTable
{
    internal SecretTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>The secret of this name, or null.</summary>
    public byte[]? Find(string name) =>
        _connection.QuerySingleOrDefault<byte[]>("SELECT value FROM secrets WHERE name = @name", new { name });

    /// <summary>Adds a secret; it is never changed.</summary>
    public void Add(string name, byte[] value) =>
        _connection.Execute(
            "INSERT INTO secrets(name, value, created_ms) VALUES (@name, @value, @now)", new { name, value, now = SqlTime.Now(_time) });
}
