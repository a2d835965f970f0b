using System.Buffers;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>
/// The rows of <c>site.db</c> as JSON lines, one <c>{"table":…,"row":{…}}</c> each: the contents of a checkpoint, and the form in which two
/// databases are compared.
/// </summary>
public static class SiteRows
{
    /// <summary>Writes all rows, table by table and each in the order of its primary key.</summary>
    /// <param name="session">A session inside a transaction, so that all tables are of the same state.</param>
    /// <returns>One line at a time, without line feed; the memory is reused for the next.</returns>
    public static IEnumerable<ReadOnlyMemory<byte>> Dump(SqliteSession session)
    {
        var line = new ArrayBufferWriter<byte>(1024);
        foreach (string table in SiteSchema.Tables)
        {
            using SqliteCommand command = session.Connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY {SiteSchema.PrimaryKeys[table]}";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                line.ResetWrittenCount();
                WriteRow(line, table, reader);
                yield return line.WrittenMemory;
            }
        }
    }

    /// <summary>Loads a dumped row into an empty database.</summary>
    /// <exception cref="JsonException">The line is not a row of a known table.</exception>
    public static void Load(SqliteSession session, ReadOnlyMemory<byte> line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        string table = document.RootElement.GetProperty("table").GetString() ?? "";
        if (!SiteSchema.PrimaryKeys.ContainsKey(table))
        {
            throw new JsonException($"The checkpoint has a row of table '{table}', which this version does not know.");
        }

        JsonProperty[] columns = [.. document.RootElement.GetProperty("row").EnumerateObject()];
        string names = string.Join(", ", columns.Select(column => Identifier(column.Name)));
        string[] parameters = [.. Enumerable.Range(1, columns.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}"))];
        object?[] values =
            [.. columns.Select(
                column => column.Value.ValueKind == JsonValueKind.Number ? column.Value.GetInt64() : (object?)column.Value.GetString())];
        session.Prepared($"INSERT OR REPLACE INTO {table} ({names}) VALUES ({string.Join(", ", parameters)})").Run(values);
    }

    private static void WriteRow(ArrayBufferWriter<byte> line, string table, SqliteDataReader reader)
    {
        using var json = new Utf8JsonWriter(line);
        json.WriteStartObject();
        json.WriteString("table"u8, table);
        json.WriteStartObject("row"u8);
        for (int i = 0; i < reader.FieldCount; i++)
        {
            object value = reader.GetValue(i);
            if (value is long number)
            {
                json.WriteNumber(reader.GetName(i), number);
            }
            else if (value is string text)
            {
                json.WriteString(reader.GetName(i), text);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Identifier(string name) =>
        name.All(c => char.IsAsciiLetterLower(c) || c == '_') ? name : throw new JsonException($"'{name}' is not the name of a column.");
}
