using Hutch.Catalog.Search;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Search;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Search;

/// <summary>What homes give the index of the zone, and how it knows what it has.</summary>
public sealed class SearchCardTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SearchDatabase _database;

    public SearchCardTests() => _database = new SearchDatabase(LocalDisk.Instance, _folder.Path, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_change_of_a_dataset_has_the_next_number_also_after_it_was_removed()
    {
        await ChangeAsync(writer => Put(writer, Id(1), "one"));
        await ChangeAsync(writer => Put(writer, Id(2), "two"));
        (string life, long at) = await NewestAsync();

        await ChangeAsync(writer => writer.Remove(Id(2)));
        await ChangeAsync(writer => Put(writer, Id(2), "two again"));
        await ChangeAsync(writer => writer.PutFiles(writer.KeyOf(Id(1)), "tree", "master"));
        (DatasetId Dataset, string Files)[] later = await ReadAsync(
            reader => reader.ChangedAfter(at, 10).Select(static one => (one.Dataset, one.Files)).ToArray());
        await ChangeAsync(static writer => writer.Clear());

        Assert.Equal([(Id(2), ""), (Id(1), "0master")], later);
        Assert.NotEqual(life, await ReadAsync(static reader => reader.Life));
    }

    [Fact]
    public async Task The_cards_of_a_site_go_with_its_positions_and_those_of_others_stay()
    {
        await ChangeAsync(writer =>
        {
            writer.PutCard("a", new SearchCard(Id(1), "{}", "0one"));
            writer.PutCard("b", new SearchCard(Id(2), "{}", "0two"));
            writer.SetPosition("a", "life", 5);
            writer.SetPosition("b", "life", 7);
        });

        IReadOnlyList<DatasetId> without = await _database.UpdateAsync(
            static writer =>
            {
                writer.RemovePositions("a");
                return Task.FromResult(writer.RemoveCards("a", 10));
            },
            Ct);
        (SearchCard? gone, SearchCard? kept, int ofA, long ofB) = await _database.UpdateAsync(
            static writer => Task.FromResult(
                (writer.FindCard(Id(1)), writer.FindCard(Id(2)), writer.Positions("a").Count, writer.Positions("b")["life"])),
            Ct);

        Assert.Equal([Id(1)], without);
        Assert.Equal((null, new SearchCard(Id(2), "{}", "0two"), 0, 7), (gone, kept, ofA, ofB));
    }

    [Fact]
    public async Task A_site_that_invents_one_index_after_the_other_fills_no_table()
    {
        await ChangeAsync(static writer => Enumerable.Range(0, 100).ToList().ForEach(i => writer.SetPosition("a", $"life{i}", i)));

        IReadOnlyDictionary<string, long> kept = await _database.UpdateAsync(static writer => Task.FromResult(writer.Positions("a")), Ct);

        Assert.Equal(16, kept.Count);
        Assert.Equal(99, kept["life99"]);
    }

    private static DatasetId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static void Put(SearchWriter writer, DatasetId dataset, string text) =>
        writer.Put(new SearchDocument(writer.KeyOf(dataset), dataset, text, text, [SearchAudience.Public]) { Tree = "tree" });

    private Task<bool> ChangeAsync(Action<SearchWriter> change) => _database.UpdateAsync(
        writer =>
        {
            change(writer);
            return Task.FromResult(true);
        },
        Ct);

    private async Task<T> ReadAsync<T>(Func<SearchReader, T> read) => (await _database.ReadAsync(read, Ct)).Value;

    private Task<(string Life, long Change)> NewestAsync() =>
        ReadAsync(static reader => (reader.Life, reader.ChangedAfter(0, 100).Max(static one => one.Change)));
}
