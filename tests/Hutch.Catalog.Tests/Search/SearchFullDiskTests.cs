using System.Data.Common;
using Hutch.Catalog.Search;
using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Testing;
using Hutch.Testing.Disks;

namespace Hutch.Catalog.Tests.Search;

public sealed class SearchFullDiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>C3: a full disk costs the newest words alone, and those until there is space.</summary>
    [Fact]
    public async Task On_a_full_disk_earlier_words_are_found_and_the_next_change_succeeds_when_there_is_space()
    {
        using var folder = new TemporaryFolder();
        await using var database = new SearchDatabase(LocalDisk.Instance, folder.Path, TimeProvider.System);
        await PutAsync(database, 1);
        SqliteDatabase file = await database.OpenAsync(Ct);
        using (SqliteLease lease = await file.RentWriterAsync(Ct))
        {
            Assert.Equal(0, lease.Session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)"));
        }

        using (FullLog.Of(folder["search.db"]))
        {
            Assert.True(SiteDatabase.IsFull(await Assert.ThrowsAnyAsync<DbException>(() => PutAsync(database, 2))));
            Assert.Equal([1L], await FindAsync(database));
        }

        await PutAsync(database, 2);
        Assert.Equal([2L, 1L], await FindAsync(database));
        Assert.Equal(0, database.Remakes);
    }

    private static Task<bool> PutAsync(SearchDatabase database, int key) => database.UpdateAsync(
        writer =>
        {
            var id = new DatasetId(new Guid(key, 0, 0, new byte[8]));
            writer.Put(new SearchDocument(key, id, "ada/x", "lysozyme", [SearchAudience.Public]));
            return Task.FromResult(true);
        },
        Ct);

    private static async Task<IEnumerable<long>> FindAsync(SearchDatabase database)
    {
        SearchExpression expression = SearchExpression.From("lyso", [SearchAudience.Public])!;
        return (await database.ReadAsync(reader => reader.Find(expression, long.MaxValue, 10), Ct)).Value.Select(static hit => hit.Key);
    }
}
