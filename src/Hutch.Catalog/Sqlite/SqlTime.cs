namespace Hutch.Catalog.Sqlite;

/// <summary>Times in the database: whole milliseconds since 1970-01-01T00:00:00Z, in INTEGER columns named <c>…_ms</c>.</summary>
public static class SqlTime
{
    public static long Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static long? ToMilliseconds(DateTimeOffset? value) => value?.ToUnixTimeMilliseconds();

    public static DateTimeOffset? FromMilliseconds(long? value) => value is long ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
