using System.Globalization;
using Hutch.Catalog.Search;
using Hutch.Peers.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Hutch.Bench.Catalog;

/// <summary>
/// The same datasets in one table of PostgreSQL, asked as somebody would write it by hand: a column for each fact, words and rights in GIN
/// indexes, facets by grouping sets.
/// </summary>
internal sealed class PostgresSearch : IAsyncDisposable
{
    private const string Table =
        """
        CREATE UNLOGGED TABLE datasets (
            key bigint NOT NULL, words text NOT NULL, audience text[] NOT NULL, owner text, type text, state text, created float8,
            wavelength float8, instrument text, sample text)
        """;

    private const string Indexes =
        """
        ALTER TABLE datasets ADD PRIMARY KEY (key);
        CREATE INDEX ON datasets USING gin (to_tsvector('simple', words));
        CREATE INDEX ON datasets USING gin (audience);
        CREATE INDEX ON datasets (wavelength);
        CREATE INDEX ON datasets (instrument);
        CREATE INDEX ON datasets (sample);
        VACUUM ANALYZE datasets;
        """;

    private const string Facets =
        """
        WITH found AS MATERIALIZED (SELECT owner, type, state, instrument, sample, wavelength FROM datasets WHERE {0} ORDER BY key DESC LIMIT 5000),
        counted AS (
            SELECT grouping(owner, type, state, instrument, sample) AS field, coalesce(owner, type, state, instrument, sample) AS value,
                count(*) AS datasets, min(wavelength) AS least, max(wavelength) AS greatest
            FROM found GROUP BY GROUPING SETS ((owner), (type), (state), (instrument), (sample), ())),
        ranked AS (SELECT *, row_number() OVER (PARTITION BY field ORDER BY datasets DESC, value) AS rank FROM counted)
        SELECT field, value, datasets, least, greatest FROM ranked WHERE rank <= 10
        """;

    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;

    private PostgresSearch(PostgresServer server, NpgsqlConnection connection) => (_server, _connection) = (server, connection);

    /// <summary>Starts a server with an empty table.</summary>
    public static async Task<PostgresSearch> StartAsync(CancellationToken ct)
    {
        PostgresServer server = PostgresServer.Durable();
        var address = new Uri(await server.CreateDatabaseAsync(ct));
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = PostgresServer.User,
            Database = address.AbsolutePath[1..],
            CommandTimeout = 0,
        }.ConnectionString);
        await connection.OpenAsync(ct);
        var made = new PostgresSearch(server, connection);
        await made.RunAsync(Table, ct);
        return made;
    }

    public async Task AddAsync(IEnumerable<SearchDocument> documents, CancellationToken ct)
    {
        await using NpgsqlBinaryImporter rows = await _connection.BeginBinaryImportAsync("COPY datasets FROM STDIN (FORMAT binary)", ct);
        foreach (SearchDocument document in documents)
        {
            Dictionary<string, SearchFact> facts = document.Facts.ToDictionary(fact => fact.Field.Name.TrimStart(':'));
            await rows.StartRowAsync(ct);
            await rows.WriteAsync(document.Key, NpgsqlDbType.Bigint, ct);
            await rows.WriteAsync(document.Text, NpgsqlDbType.Text, ct);
            await rows.WriteAsync(document.Audience.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            foreach (string name in (string[])["owner", "type", "state"])
            {
                await rows.WriteAsync(facts[name].Text!, NpgsqlDbType.Text, ct);
            }

            await rows.WriteAsync(facts["created"].Number!.Value, NpgsqlDbType.Double, ct);
            await rows.WriteAsync(facts["wavelength"].Number!.Value, NpgsqlDbType.Double, ct);
            await rows.WriteAsync(facts["instrument"].Text!, NpgsqlDbType.Text, ct);
            await rows.WriteAsync(facts["sample"].Text!, NpgsqlDbType.Text, ct);
        }

        await rows.CompleteAsync(ct);
    }

    public async Task IndexAsync(CancellationToken ct)
    {
        foreach (string statement in Indexes.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await RunAsync(statement, ct);
        }
    }

    /// <summary>A page of the newest, or the facets of them; returns how many rows came.</summary>
    public int Ask(SearchQuestion question, IReadOnlyCollection<string> audience, int? page)
    {
        string where = string.Join(" AND ", Conditions(question));
        using NpgsqlCommand ask = _connection.CreateCommand();
        ask.CommandText = page is int limit
            ? string.Create(CultureInfo.InvariantCulture, $"SELECT key FROM datasets WHERE {where} ORDER BY key DESC LIMIT {limit}")
            : Facets.Replace("{0}", where, StringComparison.Ordinal);
        ask.Parameters.AddWithValue("audience", audience.ToArray());
        ask.Parameters.AddWithValue("words", string.Join(" & ", SearchExpression.WordsOf(question.Words).Select(word => word + ":*")));
        for (int i = 0; i < question.Conditions.Length; i++)
        {
            FactCondition condition = question.Conditions[i];
            ask.Parameters.AddWithValue($"from{i}", condition.Text is { } text ? text : (object)condition.Least);
            ask.Parameters.AddWithValue($"to{i}", condition.Text is { } same ? same : (object)condition.Greatest);
        }

        using NpgsqlDataReader rows = ask.ExecuteReader();
        int count = 0;
        while (rows.Read())
        {
            count++;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static IEnumerable<string> Conditions(SearchQuestion question) =>
    [
        "audience && @audience",
        .. question.Words.Length > 0 ? (string[])["to_tsvector('simple', words) @@ to_tsquery('simple', @words)"] : [],
        .. question.Conditions.Select((condition, i) => $"{condition.Field.Name.TrimStart(':')} BETWEEN @from{i} AND @to{i}"),
    ];

    private async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>What is asked of both.</summary>
/// <param name="Words">Beginnings of words.</param>
/// <param name="Conditions">Conditions on facts; none with a value that must be another.</param>
internal sealed record SearchQuestion(string Words, params FactCondition[] Conditions);
