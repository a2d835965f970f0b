using Hutch.Cluster.Bytes;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Server;
using Hutch.Site;
using Hutch.Storage;
using Hutch.Testing.Objects;
using Hutch.Zone;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>A whole server that is given another site's database or bucket refuses both, before it has written anything anywhere.</summary>
public sealed class WrongPlacesTests(PostgresServer server) : IAsyncLifetime
{
    private const string Tables =
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

    private readonly List<string> _folders = [];
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _own = null!;
    private TestDatabase _other = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _own = await TestDatabase.CreateAsync(server, Ct);
        _other = await TestDatabase.CreateAsync(server, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _own.DisposeAsync();
        await _other.DisposeAsync();
        _folders.ForEach(static folder => Directory.Delete(folder, recursive: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_empty_database_with_the_bucket_of_a_site_stays_empty(bool isFolderOfSite)
    {
        string folder = NewFolder();
        await StartAndStopAsync(_own, _objects, folder);
        string[] before = [.. _objects.Keys];

        HutchException refused = await Assert.ThrowsAsync<HutchException>(
            () => StartAndStopAsync(_other, _objects, isFolderOfSite ? folder : NewFolder()));

        Assert.Contains("belongs to a site already", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Give the database of that site", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _other.Ask<long>(Tables));
        Assert.Equal(before, _objects.Keys);
    }

    [Fact]
    public async Task The_database_of_one_site_with_the_bucket_of_another_stays_as_it_is()
    {
        var objects = new MemoryObjectStore();
        await StartAndStopAsync(_own, _objects, NewFolder());
        await StartAndStopAsync(_other, objects, NewFolder());
        (long Rows, long Audit, int Objects) before = Look();

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => StartAndStopAsync(_own, objects, NewFolder()));

        Assert.Contains("belongs to the site", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Look());

        (long Rows, long Audit, int Objects) Look() =>
            (_own.Ask<long>("SELECT last_row FROM site_head"), _own.Ask<long>("SELECT count(*) FROM hutch_zone.audit"), objects.Keys.Count);
    }

    [Fact]
    public async Task The_database_of_another_site_than_the_folders_is_refused()
    {
        string folder = NewFolder();
        var objects = new MemoryObjectStore();
        await StartAndStopAsync(_own, _objects, folder);
        await StartAndStopAsync(_other, objects, NewFolder());

        StorageRefusedException refused = await Assert.ThrowsAnyAsync<StorageRefusedException>(() => StartAndStopAsync(_other, objects, folder));

        Assert.Contains("give the right database, or an empty data folder", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_of_the_other_kind_is_refused_and_left_as_it_is()
    {
        (string own, string shared) = (NewFolder(), NewFolder());
        var alone = new ServeOptions { DataFolder = own, HttpAddress = "127.0.0.1:0" };
        await (await HutchServer.StartAsync(alone, Ct)).DisposeAsync();
        await StartAndStopAsync(_own, _objects, shared);
        string[] before = [.. Listing(own), .. Listing(shared)];

        HutchException given = await Assert.ThrowsAsync<HutchException>(() => StartAndStopAsync(_other, new MemoryObjectStore(), own));
        HutchException taken = await Assert.ThrowsAsync<HutchException>(() => HutchServer.StartAsync(alone with { DataFolder = shared }, Ct));

        Assert.Contains("is a site of its own: it has 'segments/'", given.Message, StringComparison.Ordinal);
        Assert.Contains("Start it with --records and --objects", taken.Message, StringComparison.Ordinal);
        Assert.Equal(before, (string[])[.. Listing(own), .. Listing(shared)]);
        Assert.Equal(0, _other.Ask<long>(Tables));
    }

    [Fact]
    public async Task Servers_of_a_new_site_that_start_at_once_all_start()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAndStopAsync(_own, _objects, NewFolder())));

        Assert.Contains(ObjectNames.Site, _objects.Keys);
    }

    private string NewFolder()
    {
        lock (_folders)
        {
            _folders.Add(Directory.CreateTempSubdirectory("hutch-wrong-").FullName);
            return _folders[^1];
        }
    }

    private static IEnumerable<string> Listing(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static path => $"{path} {new FileInfo(path).Length}");

    private static async Task StartAndStopAsync(TestDatabase database, MemoryObjectStore objects, string folder)
    {
        await using HutchServer started = await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = folder,
                HttpAddress = "127.0.0.1:0",
                Zone = new ZoneOptions { Postgres = database.Place },
                Site = new SiteOptions { Engine = new ClusterEngineFactory(database.Place, () => objects, TestServer.Options(), Guid.NewGuid) },
            },
            Ct);
    }
}
