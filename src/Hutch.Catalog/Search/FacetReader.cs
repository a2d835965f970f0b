using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Counts the values of datasets by field, all fields in one pass over their facts.</summary>
internal static class FacetReader
{
    // Ranked: the most frequent texts, the newest months or years; numbers are one row a field.
    private const string Sql = $"""
        WITH counted AS (
            SELECT f.field AS Field, max(f.shown) AS Shown, count(DISTINCT f.key) AS Datasets,
                min(f.value) AS Least, max(f.value) AS Greatest, fields.dimension = '{SearchField.Time}' AS IsTime,
                CASE fields.dimension
                    WHEN '' THEN f.value
                    WHEN '{SearchField.Flag}' THEN iif(f.value = 1, 'true', 'false')
                    WHEN '{SearchField.Time}' THEN strftime(@format, f.value, 'unixepoch')
                END AS Bucket
            FROM json_each(@keys) AS k CROSS JOIN facts AS f ON f.key = k.value AND f.field IN @fields
                CROSS JOIN fields ON fields.number = f.field
            GROUP BY f.field, Bucket),
        ranked AS (
            SELECT *, row_number() OVER (PARTITION BY Field ORDER BY iif(IsTime, Bucket, Datasets) DESC, Bucket) AS Rank FROM counted)
        SELECT Field, Bucket, Shown, Datasets, Least, Greatest FROM ranked WHERE Rank <= @most + 1 ORDER BY Field, Rank
        """;

    /// <summary>The values that some datasets have of fields, in the order of the fields; without those of which none has one.</summary>
    /// <param name="session">The index.</param>
    /// <param name="keys">The datasets.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="most">The most values of one field.</param>
    public static IReadOnlyList<FacetCount> Count(
        SqliteSession session, IReadOnlyCollection<long> keys, IReadOnlyCollection<SearchField> fields, int most)
    {
        Dictionary<SearchField, long> numbers = session.Connection.Query<FieldRow>(
            "SELECT number AS Number, name AS Name, dimension AS Dimension FROM fields")
            .ToDictionary(row => new SearchField(row.Name, row.Dimension), row => row.Number);
        SearchField[] known = [.. fields.Where(numbers.ContainsKey)];
        string found = SearchReader.Json(keys);

        ILookup<long, Row> Ask(IEnumerable<SearchField> asked, string format) => session.Connection.Query<Row>(
            Sql, new { keys = found, fields = asked.Select(field => numbers[field]), format, most }).ToLookup(row => row.Field);

        ILookup<long, Row> counted = Ask(known, "%Y-%m");

        // Where the months are many, years.
        SearchField[] spread = [.. known.Where(field => field.Dimension == SearchField.Time && counted[numbers[field]].Count() > most)];
        ILookup<long, Row> years = Ask(spread, "%Y");
        return
        [
            .. known
                .Select(field => Of(field, [.. (spread.Contains(field) ? years : counted)[numbers[field]]], most))
                .OfType<FacetCount>(),
        ];
    }

    private static FacetCount? Of(SearchField field, Row[] rows, int most) => rows.Length == 0 ? null : new FacetCount(
        field,
        [
            .. rows.Where(row => row.Bucket is not null).Take(most)
                .Select(row => new FacetValue(row.Shown ?? row.Bucket!, (int)row.Datasets)),
        ],
        rows.Length > most)
    {
        Least = rows[0].Least as double?,
        Greatest = rows[0].Greatest as double?,
    };

    private sealed class FieldRow
    {
        public long Number { get; init; }

        public string Name { get; init; } = "";

        public string Dimension { get; init; } = "";
    }

    private sealed class Row
    {
        public long Field { get; init; }

        public string? Bucket { get; init; }

        public string? Shown { get; init; }

        public long Datasets { get; init; }

        public object? Least { get; init; }

        public object? Greatest { get; init; }
    }
}
