using Dapper;
using Hutch.Catalog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Sqlite;

/// <summary>
/// What the provider and the mapper do with richer types than the catalog lets near them: the reasons for the column types of decision 0012.
/// </summary>
public sealed class MappingTests : IDisposable
{
    private readonly SqliteConnection _connection;

    public MappingTests()
    {
        SqliteLibrary.EnsureLoaded();
        _connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        _connection.Open();
        _connection.Execute("CREATE TABLE t(value)");
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void A_guid_is_written_in_upper_case_and_would_not_equal_our_text()
    {
        var id = Guid.Parse("abcdef01-2345-6789-abcd-ef0123456789");

        Assert.Equal("ABCDEF01-2345-6789-ABCD-EF0123456789", Stored(id));
    }

    [Fact]
    public void A_time_is_written_as_text_that_sorts_by_its_offset()
    {
        var noonInPrague = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(1));

        Assert.Equal("2026-11-20 12:00:00+01:00", Stored(noonInPrague));
    }

    [Fact]
    public void A_large_ulong_comes_back_negative() => Assert.Equal("-1", Stored(ulong.MaxValue));

    [Fact]
    public void A_positional_record_does_not_take_a_null_expression_first()
    {
        Assert.ThrowsAny<Exception>(() => _connection.Query<Positional>("SELECT 1 AS Id, NULL AS At UNION ALL SELECT 2, 5").ToList());
        Assert.Equal([null, 5L], _connection.Query<Row>("SELECT 1 AS Id, NULL AS At UNION ALL SELECT 2, 5").Select(r => r.At));
    }

    private string? Stored(object value)
    {
        _connection.Execute("DELETE FROM t");
        using SqliteCommand insert = _connection.CreateCommand();
        insert.CommandText = "INSERT INTO t VALUES (@value)";
        insert.Parameters.AddWithValue("@value", value);
        insert.ExecuteNonQuery();
        return _connection.ExecuteScalar<string>("SELECT CAST(value AS TEXT) FROM t");
    }

    private sealed record Positional(long Id, long? At);

    private sealed class Row
    {
        public long Id { get; init; }

        public long? At { get; init; }
    }
}
