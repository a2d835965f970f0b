using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Testing;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Sqlite;

/// <summary>Queries on a connection that caches their compiled statements.</summary>
public sealed class PreparedConnectionTests : IDisposable
{
    private const string ByNumber = "SELECT text FROM notes WHERE number = @number";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteConnection _connection;

    public PreparedConnectionTests()
    {
        _connection = SqliteAddress.Open(_folder["notes.db"], SqliteOpenMode.ReadWriteCreate);
        _connection.Execute("CREATE TABLE notes(number INTEGER, text TEXT); INSERT INTO notes VALUES (1, 'one'), (2, 'two'), (NULL, 'none')");
    }

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_query_that_is_repeated_uses_its_new_values()
    {
        Assert.Equal("one", _connection.QuerySingle<string>(ByNumber, new { number = 1 }));
        Assert.Equal("two", _connection.QuerySingle<string>(ByNumber, new { number = 2 }));
        Assert.Empty(_connection.Query<string>(ByNumber, new { number = (int?)null }));
    }

    [Fact]
    public void A_query_without_its_value_does_not_use_that_of_the_one_before()
    {
        Assert.Equal("one", _connection.QuerySingle<string>(ByNumber, new { number = 1 }));

        Assert.Throws<InvalidOperationException>(() => _connection.QuerySingle<string>(ByNumber));
    }

    [Fact]
    public void A_query_can_run_while_the_rows_of_the_same_query_are_read()
    {
        const string All = "SELECT text FROM notes ORDER BY text";
        var read = new List<string>();

        foreach (string outer in _connection.Query<string>(All, buffered: false))
        {
            read.AddRange(_connection.Query<string>(All).Select(inner => $"{outer}-{inner}"));
        }

        Assert.Equal(
            ["none-none", "none-one", "none-two", "one-none", "one-one", "one-two", "two-none", "two-one", "two-two"], read);
    }

    [Fact]
    public void A_query_sees_a_column_that_was_added_since_it_ran_first()
    {
        const string All = "SELECT * FROM notes WHERE number = 1";
        Assert.Equal(2, ((IDictionary<string, object>)_connection.QuerySingle(All)).Count);

        _connection.Execute("ALTER TABLE notes ADD COLUMN author TEXT");

        Assert.Equal(3, ((IDictionary<string, object>)_connection.QuerySingle(All)).Count);
    }

    [Fact]
    public void A_query_that_failed_can_be_repeated()
    {
        const string Add = "INSERT INTO notes VALUES (@number, 'again')";
        _connection.Execute("CREATE UNIQUE INDEX numbers ON notes(number)");

        Assert.Throws<SqliteException>(() => _connection.Execute(Add, new { number = 1 }));
        Assert.Equal(1, _connection.Execute(Add, new { number = 3 }));
    }

    [Fact]
    public void More_different_queries_than_are_cached_all_run()
    {
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(i, _connection.QuerySingle<int>($"SELECT {i}"));
        }
    }
}
