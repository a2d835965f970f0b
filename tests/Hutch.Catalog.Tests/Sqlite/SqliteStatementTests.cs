using Hutch.Catalog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Sqlite;

public sealed class SqliteStatementTests : IDisposable
{
    private readonly SqliteSession _session;

    public SqliteStatementTests()
    {
        SqliteLibrary.EnsureLoaded();
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        _session = new SqliteSession(connection);
        _session.Execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, number INTEGER)");
    }

    public void Dispose() => _session.Dispose();

    public static TheoryData<string> Texts => ["", "a", "žluťoučký kůň 🐎", "a\0b", new string('x', 100_000), new string('ů', 300)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_comes_back_as_it_was_given(string text)
    {
        _session.Prepared("INSERT INTO notes(id, text) VALUES ($1, $2)").Run(1, text);

        using SqliteRows rows = _session.Prepared("SELECT text, text IS NULL, length(CAST(text AS BLOB)) FROM notes").Query();
        Assert.True(rows.Next());
        Assert.Equal((text, 0L), (rows.Text(0), rows.Number(1)));
        Assert.False(rows.Next());
    }

    [Fact]
    public void Values_go_where_their_number_stands_whatever_the_order_in_the_text()
    {
        _session.Prepared("INSERT INTO notes(id, text, number) VALUES ($1, $2, $3)").Run(7, null, long.MaxValue);

        int changed = _session.Prepared("UPDATE notes SET text = $2, number = $2 WHERE id = $1").Run(7L, "later");

        using SqliteRows rows = _session.Prepared("SELECT id, text, number FROM notes").Query();
        Assert.True(rows.Next());
        Assert.Equal((1, 7L, "later", "later"), (changed, rows.Number(0), rows.Text(1), rows.Text(2)));
    }

    [Fact]
    public void A_refused_row_gives_an_error_and_the_next_run_is_unaffected()
    {
        SqliteStatement insert = _session.Prepared("INSERT INTO notes(id, text) VALUES ($1, $2)");
        insert.Run(1, "first");

        SqliteException refused = Assert.Throws<SqliteException>(() => insert.Run(1, "again"));

        Assert.Contains("UNIQUE", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, insert.Run(2, "second"));
    }

    [Fact]
    public void Rows_that_are_left_early_leave_the_statement_ready()
    {
        _session.Execute("INSERT INTO notes(id) VALUES (1), (2), (3)");
        SqliteStatement all = _session.Prepared("SELECT id FROM notes WHERE id >= $1 ORDER BY id");
        using (SqliteRows some = all.Query(1))
        {
            Assert.True(some.Next());
        }

        using SqliteRows rest = all.Query(2);

        Assert.True(rest.Next());
        Assert.Equal(2, rest.Number(0));
    }

    [Fact]
    public void Nothing_is_bound_that_has_no_place_in_the_records()
    {
        SqliteStatement insert = _session.Prepared("INSERT INTO notes(id, text) VALUES ($1, $2)");

        Assert.Throws<ArgumentException>(() => insert.Run(1));
        Assert.Throws<ArgumentException>(() => insert.Run(1, DateTime.UnixEpoch));
        Assert.Throws<InvalidOperationException>(() => _session.Prepared("INSERT INTO notes(id) VALUES (@id)"));
        Assert.Throws<SqliteException>(() => _session.Prepared("INSERT INTO nowhere VALUES ($1)"));
    }
}
