using FsCheck;
using FsCheck.Fluent;
using Hutch.Catalog.Search;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Catalog.Tests.Search;

public sealed class SearchDatabaseTests : IAsyncDisposable
{
    private const int PageBytes = 4096;

    private static readonly PrincipalId Ada = new(Guid.Parse("00000000-0000-0000-0000-0000000000ad"));
    private static readonly PrincipalId Bob = new(Guid.Parse("00000000-0000-0000-0000-0000000000b0"));

    private static readonly SearchField Wavelength = new("wavelength", "m");
    private static readonly SearchField Sample = new("sample", "");

    private readonly TemporaryFolder _folder = new();
    private SearchDatabase _database;

    public SearchDatabaseTests() => _database = Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_page_that_is_damaged_at_rest_or_in_use_costs_one_filling_and_no_failure()
    {
        string[] words = ["lysozyme", "run3", "s"];
        SearchDocument[] documents =
            [.. Enumerable.Range(1, 60).Select(i => new SearchDocument(i, Id(i), $"ada/{i}", $"ada/lysozyme{i} run{i} {new string('s', i)}", [SearchAudience.For(Ada)]))];
        await PutAsync(documents);
        var random = new Random(5);
        for (int page = 0; page == 0 || page < new FileInfo(_folder["search.db"]).Length / PageBytes; page++)
        {
            foreach (bool isOpen in (bool[])[false, true])
            {
                foreach (Random? content in (Random?[])[null, random])
                {
                    long[][] expected = [await FindAsync(words[0], Ada), await FindAsync(words[1], Ada), await FindAsync(words[2], Ada)];
                    Assert.Equal(60, expected[0].Length);
                    await _database.DisposeAsync();
                    int pages = (int)(new FileInfo(_folder["search.db"]).Length / PageBytes);
                    _database = Make();
                    if (isOpen)
                    {
                        await _database.OpenAsync(Ct);
                    }

                    DamagePage(_folder["search.db"], Math.Min(page, pages - 1), content);
                    for (int i = 0; i < words.Length; i++)
                    {
                        long[] found = await FindAsync(words[i], Ada);
                        Assert.True(_database.Remakes > 0 || found.SequenceEqual(expected[i]), $"page {page}: {words[i]}");
                    }

                    if (_database.Remakes > 0 || isOpen)
                    {
                        await PutAsync(documents);
                    }

                    Assert.InRange(_database.Remakes, 0, 1);
                }
            }
        }
    }

    private static void DamagePage(string path, int page, Random? content)
    {
        byte[] bytes = new byte[PageBytes];
        content?.NextBytes(bytes);
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = page * PageBytes;
        file.Write(bytes);
    }

    [Theory]
    [InlineData("lys", 2)]
    [InlineData("LYS", 2)]
    [InlineData("ozyme", 0)]
    [InlineData("100k lyso", 1)]
    [InlineData("lyso missing", 0)]
    [InlineData("scan-7", 1)]
    [InlineData("scan-70", 0)]
    [InlineData("citroen", 1)]
    [InlineData("Citroën", 1)]
    [InlineData("12.4", 1)]
    [InlineData("Lysozyme", 1)]
    [InlineData("lysozymes", 0)]
    public async Task Every_word_must_begin_a_word_of_the_text(string words, int found)
    {
        await PutAsync((1, "ada/lysozyme 100K 12.4", [Ada]), (2, "ada/lysis scan-7", [Ada]), (3, "bob/Citroën", [Ada]));

        Assert.Equal(found, (await FindAsync(words, Ada)).Length);
    }

    [Fact]
    public async Task Parts_of_a_name_are_found_like_words_and_do_not_change_what_texts_find()
    {
        await PutAsync((2, "ada/other stalled", [Ada]));
        await PutAsync(new SearchDocument(1, Id(1), "", "ada/crystal", [SearchAudience.For(Ada)]) { Parts = "rystal ystal stal tal" });
        Assert.Equal((1L, 0), (Assert.Single(await FindAsync("ystal", Ada)), (await FindAsync("ystal", Bob)).Length));
        Assert.Equal(new long[] { 2, 1 }, await FindAsync("stal", Ada));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(90)]
    public async Task A_long_beginning_finds_every_ending_however_many_there_are(int endings)
    {
        await PutAsync((900, "ada/lysozym", [Ada]), (901, "ada/lysozymf", [Ada]));
        await PutAsync([.. Enumerable.Range(1, endings).Select(i => new SearchDocument(i, Id(i), $"ada/{i}", $"ada/lysozyme{i}", [SearchAudience.For(Ada)]))]);

        Assert.Equal(Enumerable.Range(1, endings).Reverse().Select(i => (long)i), await FindAsync("LysoZyme", Ada));
        Assert.Equal(endings + 2, (await FindAsync("lysozym", Ada)).Length);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"")]
    [InlineData("a OR b")]
    [InlineData("lyso NOT lyso")]
    [InlineData("lyso AND")]
    [InlineData("NEAR(lyso, 3)")]
    [InlineData("audience:public")]
    [InlineData("{text audience} : secret")]
    [InlineData("lyso\" OR \"secret")]
    [InlineData("lyso*")]
    [InlineData("^lyso")]
    [InlineData("-lyso")]
    [InlineData("(lyso")]
    [InlineData("lyso)")]
    [InlineData("lyso + secret")]
    [InlineData("'; DROP TABLE datasets; --")]
    [InlineData("ly\0so")]
    [InlineData("\ud83d\ude00")]
    [InlineData("\ud800")]
    [InlineData("\u02c8x")]
    public async Task Typed_text_is_never_interpreted_as_syntax(string words)
    {
        await PutAsync((1, "lysozyme", [Ada]), (2, "secret", [Bob]));

        Assert.DoesNotContain(2L, await FindAsync(words, Ada));
    }

    [Fact]
    public async Task Noise_makes_an_expression_that_the_engine_takes()
    {
        SqliteDatabase database = await _database.OpenAsync(Ct);
        using SqliteLease lease = await database.RentReaderAsync(Ct);
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            if (SearchExpression.From(text ?? "", null) is { } expression)
            {
                _ = new SearchReader(lease.Session).Find(expression, 9, 1);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Only_the_audience_finds_private_datasets_and_all_users_find_public_ones()
    {
        await PutAsync((1, "lysozyme", [Ada]), (2, "lysozyme", [Bob]), (3, "lysozyme", []));
        await PutAsync(new SearchDocument(4, Id(4), "ada/4", "lysozyme", [SearchAudience.Public]));

        Assert.Equal((long[])[4, 1], await FindAsync("lyso", Ada));
        Assert.Equal((long[])[4, 2], await FindAsync("lyso", Bob));
        Assert.Equal((long[])[4], await FindAsync(SearchExpression.From("lyso", [SearchAudience.Public])!));
        Assert.Equal((long[])[4, 3, 2, 1], await FindAsync(SearchExpression.From("lyso", null)!));
    }

    [Theory]
    [InlineData("master", "2 1", "2", "")]
    [InlineData("scan master", "2 1", "2", "")]
    [InlineData("lyso", "1", "1", "1")]
    public async Task Words_of_files_are_found_by_users_that_may_list_them_also_combined_with_words_of_the_text(
        string words, string everywhere, string toAda, string inTextOnly)
    {
        SearchExpression expression = SearchExpression.From(words, [SearchAudience.Public])!;
        await PutAsync(
            new SearchDocument(1, Id(1), "bob/1", "scan lysozyme", [SearchAudience.Public, SearchAudience.Reader(Bob)]) { Tree = "t" },
            new SearchDocument(2, Id(2), "bob/2", "scan", [SearchAudience.Public, SearchAudience.Reader(Ada)]) { Tree = "t" });
        await PutFilesAsync(1, "t", "master h5");
        await PutFilesAsync(2, "t", "masters");

        Assert.Equal(everywhere, string.Join(' ', await FindAsync(expression with { Readers = null })));
        Assert.Equal(toAda, string.Join(' ', await FindAsync(expression with { Readers = [SearchAudience.Reader(Ada)] })));
        Assert.Equal(inTextOnly, string.Join(' ', await FindAsync(expression)));
        Assert.Equal(inTextOnly, string.Join(' ', await FindAsync((expression with { Readers = null }).OfTextOnly)));
    }

    /// <summary>FTS5 ends a word at a mark of Hindi, and not at an accent.</summary>
    [Theory]
    [InlineData("कुछ", "कुछ क छ", "ु")]
    [InlineData("Messgro\u0308sse", "messgrösse messgr", "sse")]
    public async Task Words_of_files_with_marks_are_found_as_those_of_texts_are(string file, string found, string notFound)
    {
        await PutAsync(new SearchDocument(1, Id(1), "ada/1", "scan", [SearchAudience.For(Ada)]) { Tree = "t" });
        await PutFilesAsync(1, "t", file);

        foreach (string word in found.Split(' '))
        {
            Assert.Equal((long[])[1], await FindAsync(SearchExpression.From(word, null)! with { Readers = null }));
        }

        Assert.True(SearchExpression.From(notFound, null) is not { } expression || (await FindAsync(expression with { Readers = null })).Length == 0);
    }

    [Fact]
    public async Task Words_of_files_are_read_once_for_each_tree_and_are_gone_with_the_last_entry()
    {
        SearchDocument document = new(1, Id(1), "ada/1", "scan", [SearchAudience.For(Ada)]) { Tree = "first" };
        await PutAsync(document);
        Assert.Equal((long[])[1], await UnreadAsync());
        await PutFilesAsync(1, "first", "master");

        await PutAsync(document with { Text = "other words" });
        Assert.Empty(await UnreadAsync());
        Assert.Equal((long[])[1], await FindAsync(SearchExpression.From("other master", null)! with { Readers = null }));
        await PutAsync(document with { Tree = "second" });
        Assert.Equal((long[])[1], await UnreadAsync());
        Assert.Equal((long[])[1], await FindAsync(SearchExpression.From("master", null)! with { Readers = null }));
        await _database.UpdateAsync(writer => Task.FromResult(Do(() => writer.Postpone(1, DateTimeOffset.UtcNow.AddDays(1)))), Ct);
        Assert.Empty(await UnreadAsync());
        await PutAsync(document with { Tree = null });
        Assert.Empty(await UnreadAsync());
        Assert.Empty(await FindAsync(SearchExpression.From("master", null)! with { Readers = null }));
    }

    [Fact]
    public async Task A_name_finds_the_datasets_of_an_owner_and_for_managers_also_the_datasets_shared_with_that_user()
    {
        await PutAsync(
            new SearchDocument(1, Id(1), "x/1", "scan", [SearchAudience.Public, SearchAudience.Owner(Bob)]),
            new SearchDocument(2, Id(2), "x/2", "scan", [SearchAudience.Public, SearchAudience.SharedWith(Bob), SearchAudience.Manager(Ada)]),
            new SearchDocument(3, Id(3), "x/3", "scan", [SearchAudience.Public, SearchAudience.SharedWith(Bob)]),
            new SearchDocument(4, Id(4), "x/4", "scan roberto", [SearchAudience.Public]));
        SearchExpression expression = SearchExpression.From("scan Roberto", [SearchAudience.Public])! with
        {
            People = new Dictionary<string, SearchPeople> { ["Roberto"] = new([SearchAudience.Owner(Bob)], [SearchAudience.SharedWith(Bob)]) },
        };

        Assert.Equal((long[])[4, 1], await FindAsync(expression));
        Assert.Equal((long[])[4, 2, 1], await FindAsync(expression with { Managers = [SearchAudience.Manager(Ada)] }));
        Assert.Equal((long[])[4, 3, 2, 1], await FindAsync(expression with { Managers = null }));
        Assert.Equal((long[])[4], await FindAsync(expression.OfTextOnly));
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest_and_miss_nothing()
    {
        await PutAsync([.. Enumerable.Range(1, 50).Select(i => ((long)i, "lysozyme", (PrincipalId[])[i % 2 == 0 ? Ada : Bob]))]);
        List<long> seen = [];
        for (long below = long.MaxValue; ;)
        {
            IReadOnlyList<SearchHit> page = await HitsAsync(Expression("lyso", Ada), below, 7);
            seen.AddRange(page.Select(hit => hit.Key));
            if (page.Count < 7)
            {
                break;
            }

            below = page[^1].Key;
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => 2L * i).Reverse(), seen);
    }

    [Fact]
    public async Task Replaced_and_removed_documents_are_found_in_their_current_state()
    {
        await PutAsync((1, "lysozyme", [Ada]), (2, "lysozyme", [Ada]));

        await PutAsync((1, "thaumatin", [Ada]));
        await _database.UpdateAsync(writer => Task.FromResult(Do(() => writer.Remove(2))), Ct);

        Assert.Empty(await FindAsync("lyso", Ada));
        Assert.Equal((long[])[1], await FindAsync("thau", Ada));
    }

    [Fact]
    public async Task A_page_is_read_from_the_index_in_its_order_without_sorting()
    {
        SqliteDatabase database = await _database.OpenAsync(Ct);
        using SqliteLease lease = await database.RentReaderAsync(Ct);

        string[] plan =
        [
            .. lease.Session.Select(
                "EXPLAIN QUERY PLAN " + SearchWalk.WithWords, static row => row.Text(3), Expression("lyso", Ada).ToMatch(static _ => null), 9L),
        ];

        // M: through the words; <: only rows below the key. A sort would show as USE TEMP B-TREE.
        Assert.Matches(@"^SCAN datasets VIRTUAL TABLE INDEX \d+:M\d<$", plan[0]);
        Assert.DoesNotContain(plan, line => line.Contains("B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_of_what_was_wiped_is_left_in_the_file()
    {
        await PutAsync((1, "lysozyme confidentialword", [Ada]), (2, "lysozyme", [Ada]));
        Assert.Contains("confidentialword", await BytesAsync());

        Assert.True(await _database.WipeAsync([Id(1)], Ct));

        Assert.DoesNotContain("confidential", await BytesAsync());
        Assert.Equal((long[])[2], await FindAsync("lyso", Ada));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_made_anew()
    {
        await PutAsync((1, "lysozyme", [Ada]));
        await _database.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, SearchDatabase.FileName), "this is no database at all", Ct);
        _database = Make();

        Assert.Empty(await FindAsync("lyso", Ada));
        await PutAsync((1, "lysozyme", [Ada]));
        Assert.Equal((long[])[1], await FindAsync("lyso", Ada));
    }

    [Theory]
    [InlineData(100)] // what few values fulfil, and what many do, is looked for in different ways
    [InlineData(5000)]
    public async Task Attributes_are_compared_of_those_that_words_types_and_rights_find(int count)
    {
        await PutAsync([.. Enumerable.Range(1, count).Select(i => new SearchDocument(i, Id(i), $"ada/{i}", "scan", [SearchAudience.For(i % 2 == 0 ? Ada : Bob)])
        {
            Types = i % 3 == 0 ? ["mx/rotation", "mx"] : ["table"],
            Facts = [new SearchFact(Wavelength, i, null), new SearchFact(Sample, null, i % 5 == 0 ? "five" : "other")],
        })]);
        FactCondition[] conditions = [new(Wavelength, null, Least: 20), new(Sample, "five", IsNot: true)];

        SearchExpression expression = SearchExpression.From("scan", [SearchAudience.For(Ada)], ["mx"], conditions)!;
        SearchExpression everybody = SearchExpression.From("", null, [], conditions)!;

        bool Fits(int i) => i >= 20 && i % 5 != 0;
        Assert.Equal(
            Enumerable.Range(1, count).Reverse().Where(i => i % 6 == 0 && Fits(i)).Take(50).Select(i => (long)i),
            (await HitsAsync(expression, long.MaxValue, 50)).Select(hit => hit.Key));
        Assert.Equal(
            Enumerable.Range(1, count).Reverse().Where(Fits).Take(50).Select(i => (long)i),
            (await HitsAsync(everybody, long.MaxValue, 50)).Select(hit => hit.Key));
    }

    [Theory]
    [InlineData(0, "words find more than hold it: the facts give the keys")]
    [InlineData(3, "words find many times more than hold it")]
    [InlineData(600, "words find hardly more: each is asked")]
    public async Task Facts_of_few_or_many_datasets_are_found_by_all_users_with_the_right_to_them(int holders, string why)
    {
        await PutAsync([.. Enumerable.Range(1, 700).Select(i => new SearchDocument(i, Id(i), $"ada/{i}", "scan", [SearchAudience.For(i % 2 == 0 ? Ada : Bob)])
        {
            Facts = i <= holders ? [new SearchFact(Wavelength, i / 1000.0, null)] : [],
        })]);
        FactCondition[] below = [new(Wavelength, null, Greatest: 1)];

        IReadOnlyList<SearchHit> found = await HitsAsync(SearchExpression.From("scan", [SearchAudience.For(Ada)], [], below)!, long.MaxValue, 1000);

        Assert.True(Enumerable.Range(1, holders).Reverse().Where(i => i % 2 == 0).Select(i => (long)i).SequenceEqual(found.Select(hit => hit.Key)), why);
    }

    [Fact]
    public async Task A_search_that_takes_too_long_is_refused_and_one_that_is_cancelled_ends()
    {
        await PutAsync([.. Enumerable.Range(1, 500).Select(i => ((long)i, "scan", (PrincipalId[])[Ada]))]);
        SearchExpression slow = SearchExpression.From("", null, [], [new(Wavelength, null, Least: 1, IsNot: true)])!;
        await using var atOnce = new SearchDatabase(LocalDisk.Instance, _folder.Path, new ExpiredTime());
        using var given = new CancellationTokenSource();

        Result<IReadOnlyList<SearchHit>> late = await atOnce.ReadAsync(reader => reader.Find(slow, long.MaxValue, 10), Ct);
        Task<Result<IReadOnlyList<SearchHit>>> cancelled = _database.ReadAsync(
            reader =>
            {
                given.Cancel();
                return reader.Find(slow, long.MaxValue, 10);
            },
            given.Token);

        Assert.Equal(ErrorCode.Unprocessable, late.Error?.Code);
        Assert.StartsWith("The search took longer than 5 s", late.Error!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled);
        Assert.Empty(await HitsAsync(slow, long.MaxValue, 10));
    }

    [Fact]
    public async Task A_wiped_dataset_leaves_no_facts_behind()
    {
        await PutAsync(new SearchDocument(1, Id(1), "ada/1", "scan", [SearchAudience.Public]) { Facts = [new SearchFact(Sample, null, "patient mueller", "Patient Mueller")] });

        Assert.True(await _database.WipeAsync([Id(1)], Ct));

        await _database.DisposeAsync();
        Assert.DoesNotContain("mueller", File.ReadAllText(_folder["search.db"], System.Text.Encoding.Latin1), StringComparison.Ordinal);
        _database = Make();
    }

    /// <summary>A clock on which every wait is over at once.</summary>
    [Fact]
    public async Task A_member_of_a_thousand_groups_finds_the_datasets_of_those_groups_and_no_others()
    {
        static PrincipalId Group(int number) => new(new Guid(number, 7, 0, new byte[8]));
        PrincipalId[] own = [.. Enumerable.Range(0, 1000).Select(i => Group(2 * i))];
        await PutAsync([.. Enumerable.Range(1, 190).Select(i => ((long)i, "scan", (PrincipalId[])[Group(i * 5)]))]);

        foreach (int groups in (int[])[31, 32, 33, 64, 1000])
        {
            string[] audience = [.. own.Take(groups).Select(SearchAudience.For)];
            long[] expected = [.. Enumerable.Range(1, 190).Reverse().Where(i => own.Take(groups).Contains(Group(i * 5))).Select(i => (long)i)];

            Assert.Equal(expected, await FindAsync(SearchExpression.From("scan", audience)!));
            Assert.Equal(expected, await FindAsync(SearchExpression.All(audience)));
            Assert.Equal(expected, await FindAsync(SearchExpression.From("unheardof", audience)! with { People = Owned("unheardof", own.Take(groups)) }));
        }

        static Dictionary<string, SearchPeople> Owned(string word, IEnumerable<PrincipalId> people) =>
            new() { [word] = new SearchPeople([.. people.Select(SearchAudience.For)], []) };
    }

    [Fact]
    public async Task Parts_of_the_index_become_one_while_others_change_it()
    {
        foreach (int i in Enumerable.Range(1, 50))
        {
            await PutAsync((i, $"lysozyme run{i} {new string('x', i)}", [Ada]));
        }

        Assert.InRange(await _database.UpdateAsync(static writer => Task.FromResult(writer.Parts), Ct), 2, long.MaxValue);
        bool isDone = await _database.UpdateAsync(static writer => Task.FromResult(writer.Merge(begins: true)), Ct);
        await PutAsync((51, "lysozyme", [Ada]));
        await PutAsync((7, "nothing", [Ada]));
        while (!isDone)
        {
            isDone = await _database.UpdateAsync(static writer => Task.FromResult(writer.Merge(begins: false)), Ct);
        }

        Assert.InRange(await _database.UpdateAsync(static writer => Task.FromResult(writer.Parts), Ct), 1, 3);
        Assert.Equal(Enumerable.Range(1, 51).Reverse().Where(i => i != 7).Select(i => (long)i), await FindAsync("lysozyme", Ada));
        Assert.Equal(7, Assert.Single(await FindAsync("nothing", Ada)));
    }

    private static SearchExpression Expression(string words, PrincipalId who) =>
        SearchExpression.From(words, [SearchAudience.Public, SearchAudience.For(who)])!;

    private static DatasetId Id(long key) => new(new Guid((int)key, 0, 0, new byte[8]));

    private static bool Do(Action action)
    {
        action();
        return true;
    }

    private Task<bool> PutFilesAsync(long key, string tree, string words) =>
        _database.UpdateAsync(writer => Task.FromResult(Do(() => writer.PutFiles(key, tree, words))), Ct);

    private async Task<long[]> UnreadAsync() =>
        [.. (await _database.UpdateAsync(writer => Task.FromResult(writer.Unread(DateTimeOffset.UtcNow, 10)), Ct)).Select(hit => hit.Key)];

    private SearchDatabase Make() => new(LocalDisk.Instance, _folder.Path, TimeProvider.System);

    private async Task<long[]> FindAsync(string words, PrincipalId who) =>
        SearchExpression.From(words, [SearchAudience.Public, SearchAudience.For(who)]) is { } expression ? await FindAsync(expression) : [];

    private async Task<long[]> FindAsync(SearchExpression expression) =>
        [.. (await HitsAsync(expression, long.MaxValue, 100)).Select(hit => hit.Key)];

    private async Task<IReadOnlyList<SearchHit>> HitsAsync(SearchExpression expression, long below, int limit) =>
        (await _database.ReadAsync(reader => reader.Find(expression, below, limit), Ct)).Value;

    private Task PutAsync(params (long Key, string Text, PrincipalId[] Audience)[] documents) =>
        PutAsync([.. documents.Select(d => new SearchDocument(d.Key, Id(d.Key), "ada/x", d.Text, [.. d.Audience.Select(SearchAudience.For)]))]);

    private async Task PutAsync(params SearchDocument[] documents) =>
        await _database.UpdateAsync(writer => Task.FromResult(Do(() => Array.ForEach(documents, writer.Put))), Ct);

    private async Task<string> BytesAsync()
    {
        string all = "";
        foreach (string file in Directory.GetFiles(_folder.Path, SearchDatabase.FileName + "*").Order(StringComparer.Ordinal))
        {
            if (!file.EndsWith("-shm", StringComparison.Ordinal))
            {
                all += System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Ct));
            }
        }

        return all;
    }
}
