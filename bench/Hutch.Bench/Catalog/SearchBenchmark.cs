using System.Diagnostics;
using System.Globalization;
using Hutch.Catalog.Search;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Microsoft.Data.Sqlite;

namespace Hutch.Bench.Catalog;

/// <summary>
/// A page of a search among a million datasets by a user who may find a few thousand of them, beside a look through the texts of all, in
/// the same kind of database. In processor time, so that a busy machine changes little.
/// </summary>
internal sealed class SearchBenchmark : IBenchmark
{
    private const int Datasets = 1_000_000;
    private const int Owners = 500;
    private const int Groups = 50;
    private const int Words = 20_000;
    private const int PageSize = 100;
    private const int Rounds = 20;
    private const int Batch = 10_000;

    private static readonly string[] Vocabulary = MakeVocabulary();

    public string Name => "search";

    public string Description => "a page of a search among 1 M datasets, ordinary user, beside LIKE over all texts; aim: p95 < 50 ms";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using SearchDatabase index = new(LocalDisk.Instance, context.Folder, TimeProvider.System);
        await using SqliteDatabase texts = SqliteDatabase.Open(
            Path.Combine(context.Folder, "texts.db"),
            SqliteOptions.View,
            [new Migration(1, "texts", "CREATE TABLE texts (key INTEGER PRIMARY KEY, text TEXT NOT NULL, audience TEXT NOT NULL)")],
            TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await FillAsync(index, texts, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{Datasets} datasets taken in within {seconds:0} s"));

        string[] caller = [SearchAudience.Public, Owner(7), Group(3)];
        Report(context, "hutch, ordinary user", AskAll(index, caller, cancellationToken));
        Report(context, "hutch, administrator", AskAll(index, null, cancellationToken));

        List<double> peer = [];
        using SqliteLease reader = await texts.RentReaderAsync(cancellationToken);
        foreach (string query in Queries())
        {
            peer.Add(BenchmarkContext.TimeProcessor(() => LookThrough(reader.Session, query, Owner(7))));
        }

        Report(context, "LIKE, ordinary user", peer);
    }

    /// <summary>
    /// What people type: a word of every text, beginnings of one to four letters, a frequent and a rare word, a name, nothing known.
    /// </summary>
    private static string[] Queries() =>
    [
        "tomography", "t", "to", "tom", "tomo", "scan energy", Vocabulary[0], Vocabulary[5_000], Vocabulary[15_000][..5], "sample123456",
        "sample1234 scan", Vocabulary[0] + " tomography", "unheardof",
    ];

    private static List<double> AskAll(SearchDatabase index, string[]? audience, CancellationToken ct)
    {
        List<double> times = [];
        foreach (string query in Enumerable.Repeat(Queries(), Rounds).SelectMany(queries => queries))
        {
            SearchExpression expression = SearchExpression.Of(query, audience)!;
            times.Add(BenchmarkContext.TimeProcessor(() => index.FindAsync(expression, long.MaxValue, PageSize, ct).Wait(ct)));
        }

        return times;
    }

    private static int LookThrough(SqliteSession session, string query, string owner)
    {
        using SqliteCommand command = session.Connection.CreateCommand();
        string[] words = query.Split(' ');
        string likes = string.Join(" AND ", words.Select((_, i) => $"text LIKE $w{i}"));
        command.CommandText = $"SELECT key FROM texts WHERE {likes} AND audience LIKE $who ORDER BY key DESC LIMIT {PageSize}";
        for (int i = 0; i < words.Length; i++)
        {
            command.Parameters.AddWithValue("$w" + i, $"%{words[i]}%");
        }

        command.Parameters.AddWithValue("$who", $"%{owner}%");
        using SqliteDataReader reader = command.ExecuteReader();
        int found = 0;
        while (reader.Read())
        {
            found++;
        }

        return found;
    }

    private static void Report(BenchmarkContext context, string what, List<double> times)
    {
        times.Sort();
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-22} p50 {times[times.Count / 2]:0.0} ms, p95 {times[times.Count * 95 / 100]:0.0} ms, worst {times[^1]:0.0} ms"));
    }

    private static async Task FillAsync(SearchDatabase index, SqliteDatabase texts, CancellationToken ct)
    {
        var random = new Random(1);
        for (int from = 1; from <= Datasets; from += Batch)
        {
            SearchDocument[] documents = [.. Enumerable.Range(from, Batch).Select(key => MakeDocument(key, random))];
            await index.UpdateAsync(
                writer =>
                {
                    Array.ForEach(documents, writer.Put);
                    return Task.FromResult(documents.Length);
                },
                ct);
            await texts.WriteAsync(session => Insert(session, documents), ct);
        }
    }

    private static int Insert(SqliteSession session, SearchDocument[] documents)
    {
        SqliteStatement insert = session.Prepared("INSERT INTO texts VALUES ($1, $2, $3)");
        foreach (SearchDocument document in documents)
        {
            insert.Run(document.Key, document.Text, string.Join(' ', document.Audience));
        }

        return documents.Length;
    }

    /// <summary>Each is one owner's; one in three is a group's too, one in a hundred is public.</summary>
    private static SearchDocument MakeDocument(int key, Random random)
    {
        string words = string.Join(' ', Enumerable.Range(0, 10).Select(_ => Frequent(random)));
        List<string> audience = [Owner(key % Owners)];
        if (key % 3 == 0)
        {
            audience.Add(Group(key % Groups));
        }

        if (key % 100 == 0)
        {
            audience.Add(SearchAudience.Public);
        }

        string text = string.Create(
            CultureInfo.InvariantCulture, $"owner{key % Owners}/sample{key}\ntomography scan\nenergy 12.{key % 100}\n{words}");
        return new SearchDocument(key, new DatasetId(new Guid(key, 0, 0, new byte[8])), text, audience);
    }

    // The first words of the vocabulary stand in most texts, the last in a few.
    private static string Frequent(Random random) =>
        Vocabulary[(int)Math.Min(Words - 1, Math.Pow(1 - random.NextDouble(), -1.6) - 1)];

    private static string[] MakeVocabulary()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Words).Select(_ => "w" + Letters(random, random.Next(3, 10)))];
    }

    private static string Letters(Random random, int count) => new([.. Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(26)))]);

    private static string Owner(int number) => SearchAudience.Of(new PrincipalId(new Guid(number + 1, 1, 0, new byte[8])));

    private static string Group(int number) => SearchAudience.Of(new PrincipalId(new Guid(number + 1, 2, 0, new byte[8])));
}
