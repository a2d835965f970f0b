using System.Diagnostics;
using System.Globalization;
using Hutch.Catalog.Search;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Microsoft.Data.Sqlite;

namespace Hutch.Bench.Catalog;

/// <summary>
/// A page of a search among a million datasets by a user who may find 18 667 of them, and by one who is in a thousand groups and may find
/// 67 333, beside a look through the texts of all, in the same kind of database. In processor time, so that a busy machine changes little.
/// Facets, and words with conditions, stand beside a table of PostgreSQL, in the time that passes, as its work is done in other processes.
/// </summary>
internal sealed class SearchBenchmark : IBenchmark
{
    private const int AllDatasets = 1_000_000;
    private const int FewerDatasets = 100_000;
    private const int Owners = 500;
    private const int Groups = 50;
    private const int Proposals = 20_000;
    private const int GroupsOfMany = 1000;
    private const int Words = 20_000;
    private const int PageSize = 100;
    private const int Rounds = 20;
    private const int PeerRounds = 2; // of a thousand groups it takes seconds each time
    private const int Batch = 10_000;
    private const int MaxCounted = 5000;

    private static readonly SearchField Wavelength = new("wavelength", "m");
    private static readonly SearchField Instrument = new("instrument", "");
    private static readonly SearchField Sample = new("sample", "");

    private static readonly string[] Vocabulary = MakeVocabulary();
    private static readonly Asker[] Askers =
    [
        Asker.From("ordinary user", [User(7), Lab(3)]),
        Asker.From(
            "user of 1000 groups", [User(7), Lab(3), .. Enumerable.Range(0, GroupsOfMany).Select(i => Team(i * Proposals / GroupsOfMany))]),
    ];

    private int _datasets = AllDatasets;

    public string Name => "search";

    public string Description => "a page of a search among 1 M datasets, ordinary user, beside LIKE over all texts and PostgreSQL; aim: p95 < 50 ms";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        _datasets = context.IsQuick ? FewerDatasets : AllDatasets;
        await using SearchDatabase index = new(LocalDisk.Instance, context.Folder, TimeProvider.System);
        await using SqliteDatabase texts = SqliteDatabase.Open(
            Path.Combine(context.Folder, "texts.db"),
            SqliteOptions.View,
            [new Migration(1, "texts", "CREATE TABLE texts (key INTEGER PRIMARY KEY, text TEXT NOT NULL, audience TEXT NOT NULL)")],
            TimeProvider.System);
        await using PostgresSearch? postgres = context.IsAlone ? null : await PostgresSearch.StartAsync(cancellationToken);
        long start = Stopwatch.GetTimestamp();
        await FillAsync(index, texts, postgres, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{_datasets} datasets taken in within {seconds:0} s"));
        foreach (Asker asker in (Asker[])[.. Askers, new Asker("administrator", null, null)])
        {
            Report(context, $"hutch, words, {asker.Name}", AskAll(index, Queries().Select(asker.Words), cancellationToken));
            Report(context, $"hutch, ranges, {asker.Name}", AskAll(index, Ranges(asker), cancellationToken));
        }

        List<double> peer = [];
        using SqliteLease reader = await texts.RentReaderAsync(cancellationToken);
        foreach (string query in Queries())
        {
            peer.Add(BenchmarkContext.TimeProcessor(() => LookThrough(reader.Session, query, Owner(7))));
        }

        Report(context, "LIKE, ordinary user", peer);
        Compare(context, index, postgres, cancellationToken);
        await PublicationSearch.FillAsync(index, _datasets, Frequent, cancellationToken);
        await MergeAsync(index, cancellationToken);
        foreach ((string what, List<double> times) in PublicationSearch.Measure(index, Queries(), Askers[0].Words, cancellationToken))
        {
            Report(context, "hutch, " + what, times);
        }
    }

    private static void Compare(BenchmarkContext context, SearchDatabase index, PostgresSearch? postgres, CancellationToken ct)
    {
        foreach (Asker asker in Askers)
        {
            foreach ((string what, int? page) in ((string, int?)[])[("combined", PageSize), ("facets", null)])
            {
                Compare(context, index, postgres, asker, what, page, ct);
            }
        }
    }

    private static void Compare(
        BenchmarkContext context, SearchDatabase index, PostgresSearch? postgres, Asker asker, string what, int? page, CancellationToken ct)
    {
        SearchField[] fields = [SearchField.Owner, SearchField.Type, SearchField.State, Wavelength, Instrument, Sample];
        List<double> ours = [];
        List<double> theirs = [];
        foreach ((int round, SearchQuestion question) in Enumerable.Range(0, Rounds).SelectMany(round => Combined().Select(one => (round, one))))
        {
            SearchExpression asked = asker.Asks(question.Words, question.Conditions);
            ours.Add(BenchmarkContext.Time(() => index.ReadAsync(
                reader => page is { } limit
                    ? reader.Find(asked, long.MaxValue, limit).Count
                    : reader.Count(asked, fields, MaxCounted, PageSize / 10).Found,
                ct).Wait(ct)));
            if (postgres is not null && round < PeerRounds)
            {
                theirs.Add(BenchmarkContext.Time(() => postgres.Ask(question, asker.Audience!, page)));
            }
        }

        Report(context, $"hutch, {what}, {asker.Name}", ours);
        if (theirs.Count > 0)
        {
            Report(context, $"PostgreSQL, {what}, {asker.Name}", theirs);
        }
    }

    /// <summary>What people ask with words and conditions together: fulfilled by a few, by some and by many of what they may see.</summary>
    private static IEnumerable<SearchQuestion> Combined() =>
        from words in (string[])["", "tomo", Vocabulary[0], Vocabulary[5_000]]
        from conditions in (FactCondition[][])
        [
            [new(Wavelength, null, Greatest: 0.5)],
            [new(Wavelength, null, Least: 0.2, Greatest: 0.21), new(SearchField.State, "closed")],
            [new(Instrument, "beamline 7"), new(SearchField.Type, "mx/rotation")],
            [new(Sample, "sample 77")],
        ]
        select new SearchQuestion(words, conditions);

    /// <summary>
    /// What people type: a word of every text, beginnings of one to four letters, a frequent and a rare word, a name, nothing known.
    /// </summary>
    private static string[] Queries() =>
    [
        "tomography", "t", "to", "tom", "tomo", "scan energy", Vocabulary[0], Vocabulary[5_000], Vocabulary[15_000][..5], "sample123456",
        "sample1234 scan", Vocabulary[0] + " tomography", "unheardof",
    ];

    /// <summary>
    /// What is asked of values, alone and with words: fulfilled by none, by 2000, by half and by almost all, and by one of texts.
    /// </summary>
    private IEnumerable<SearchExpression> Ranges(Asker asker) =>
        from words in (string[])["", "tomography", Vocabulary[0], Vocabulary[5_000]]
        from condition in (FactCondition[])
        [
            new(Wavelength, null, Greatest: 0), new(Wavelength, null, Greatest: 2000.0 / _datasets), new(Wavelength, null, Least: 0.5),
            new(Wavelength, null, Least: 0.01), new(Instrument, "beamline 7"), new(Instrument, "beamline 7", IsNot: true),
        ]
        select asker.Asks(words, [condition]);

    private static List<double> AskAll(SearchDatabase index, IEnumerable<SearchExpression> expressions, CancellationToken ct)
    {
        List<double> times = [];
        foreach (SearchExpression expression in Enumerable.Repeat(expressions.ToList(), Rounds).SelectMany(queries => queries))
        {
            times.Add(BenchmarkContext.TimeProcessor(
                () => index.ReadAsync(reader => reader.Find(expression, long.MaxValue, PageSize), ct).Wait(ct)));
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
            $"{what,-37} p50 {times[times.Count / 2]:0.0} ms, p95 {times[times.Count * 95 / 100]:0.0} ms, worst {times[^1]:0.0} ms"));
    }

    private async Task FillAsync(SearchDatabase index, SqliteDatabase texts, PostgresSearch? postgres, CancellationToken ct)
    {
        var random = new Random(1);
        for (int from = 1; from <= _datasets; from += Batch)
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
            await (postgres?.AddAsync(documents, ct) ?? Task.CompletedTask);
        }

        await MergeAsync(index, ct);
        await (postgres?.IndexAsync(ct) ?? Task.CompletedTask);
    }

    // As a server does when it has filled its index.
    private static async Task MergeAsync(SearchDatabase index, CancellationToken ct)
    {
        bool isMerged = await index.UpdateAsync(static writer => Task.FromResult(writer.Merge(begins: true)), ct);
        while (!isMerged)
        {
            isMerged = await index.UpdateAsync(static writer => Task.FromResult(writer.Merge(begins: false)), ct);
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

    /// <summary>Each is one owner's and one proposal's; one in three is a group's too, one in a hundred is public.</summary>
    private SearchDocument MakeDocument(int key, Random random)
    {
        string words = string.Join(' ', Enumerable.Range(0, 10).Select(_ => Frequent(random)));
        List<string> audience = [Owner(key % Owners), SearchAudience.Reader(User(key % Owners))];
        if (key % 3 == 0)
        {
            audience.AddRange([Group(key % Groups), SearchAudience.Reader(Lab(key % Groups))]);
        }

        if (key % 100 == 0)
        {
            audience.AddRange([SearchAudience.Public, SearchAudience.PublicReaders]);
        }

        audience.AddRange([SearchAudience.For(Team(Proposal(key))), SearchAudience.Reader(Team(Proposal(key)))]);
        string text = string.Create(
            CultureInfo.InvariantCulture, $"owner{key % Owners}/sample{key}\ntomography scan\nenergy 12.{key % 100}\n{words}");
        string name = string.Create(CultureInfo.InvariantCulture, $"owner{key % Owners}/sample{key}");
        return new SearchDocument(key, new DatasetId(new Guid(key, 0, 0, new byte[8])), name, text, audience) { Facts = Facts(key, random) };
    }

    private static SearchFact[] Facts(int key, Random random) =>
    [
        new(SearchField.Owner, null, string.Create(CultureInfo.InvariantCulture, $"owner{key % Owners}")),
        new(SearchField.Type, null, key % 5 == 0 ? "mx/rotation" : "tomography/scan"),
        new(SearchField.State, null, key % 10 == 0 ? "open" : "closed"),
        new(SearchField.Created, key * 60.0, null),
        new(Wavelength, random.NextDouble(), null),
        new(Instrument, null, string.Create(CultureInfo.InvariantCulture, $"beamline {random.Next(20)}")),
        new(Sample, null, string.Create(CultureInfo.InvariantCulture, $"sample {random.Next(5000)}")),
    ];

    // The first words of the vocabulary stand in most texts, the last in a few.
    private static string Frequent(Random random) =>
        Vocabulary[(int)Math.Min(Words - 1, Math.Pow(1 - random.NextDouble(), -1.6) - 1)];

    private static string[] MakeVocabulary()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Words).Select(_ => "w" + Letters(random, random.Next(3, 10)))];
    }

    private static string Letters(Random random, int count) => new([.. Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(26)))]);

    private static PrincipalId User(int number) => new(new Guid(number + 1, 1, 0, new byte[8]));

    private static PrincipalId Lab(int number) => new(new Guid(number + 1, 2, 0, new byte[8]));

    /// <summary>Who asks, in the words of the index; null for who may find all.</summary>
    private sealed record Asker(string Name, string[]? Audience, string[]? Readers)
    {
        public static Asker From(string name, PrincipalId[] principals) => new(
            name,
            [SearchAudience.Public, .. principals.Select(SearchAudience.For)],
            [SearchAudience.PublicReaders, .. principals.Select(SearchAudience.Reader)]);

        public SearchExpression Words(string words) => Asks(words, []);

        public SearchExpression Asks(string words, FactCondition[] conditions) =>
            SearchExpression.From(words, Audience, [], conditions)! with { Readers = Readers };
    }

    private static string Owner(int number) => SearchAudience.For(User(number));

    private int Proposal(int key) => (int)((long)(key - 1) * Proposals / _datasets);

    private static PrincipalId Team(int number) => new(new Guid(number + 1, 3, 0, new byte[8]));

    private static string Group(int number) => SearchAudience.For(Lab(number));
}
