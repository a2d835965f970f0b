using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The query for rows that are in no pack.</summary>
internal static class UnpackedRows
{
    public const string Select =
        $"""
        SELECT number, lane, time_ms, first_sequence, last_sequence, journal, directory, coalesce(bodies, '') FROM site_log
        WHERE {LogSchema.ToBePacked}
        """;

    public static UnpackedRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        StoredRow.LaneOf(reader.GetInt64(0), reader.GetString(1)),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
        reader.GetInt64(3),
        reader.GetInt64(4),
        reader.GetFieldValue<byte[]>(5),
        reader.GetFieldValue<byte[]>(6),
        reader.GetFieldValue<byte[]>(7));
}
