using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Pushes;
using Hutch.Testing.Disks;

namespace Hutch.Api.Tests.Load;

/// <summary>
/// A dataset with a million entries, half of them in one directory, half in a thousand. A page of a listing costs what is on it, wherever
/// it begins: counted in reads of the disk, because times belong to machines.
/// </summary>
public sealed class LargeListingTests
{
    private const int Frames = 500_000;
    private const int Scans = 1_000;
    private const int FramesInScan = 500;
    private const int PageEntries = 1_000;

    // A page of a tree holds a hundred entries and more; the way down to the first is a few.
    private const int MaxReads = 40;

    private readonly CountingDisk _disk = new();

    [Fact]
    public async Task Any_page_of_a_million_entries_costs_a_few_reads_with_and_without_a_delimiter()
    {
        await using TestServer server = await TestServer.StartAsync(
            disk: _disk, site: new SiteOptions { Blobs = new BlobOptions { PageCacheBytes = 0 } });
        string id = await FillAsync(server);

        foreach (string version in (string[])["", "&at=1"])
        {
            await FlatAsync(server.Admin, id, version);
            await DelimitedAsync(server.Admin, id, version);
            await FindAsync(server.Admin, id, version);
        }

        await ChangeAsync(server.Admin, id);
        await FlatAsync(server.Admin, id, "", changed: 1);
        await DelimitedAsync(server.Admin, id, "", changed: 1);
    }

    private static string Frame(int number) => $"frame_{number:d7}.cbf";

    private static string InScan(int scan, int number) => $"scan/{scan:d4}/{number:d4}.cbf";

    /// <summary>One push of links, which need no bytes, past the JSON of a million lines.</summary>
    private static async Task<string> FillAsync(TestServer server)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string id = await server.Admin.DatasetAsync("million");
        Entry link = Entry.Link("target");
        IEnumerable<string> paths = Enumerable.Range(0, Frames).Select(Frame).Concat(
            Enumerable.Range(0, Scans * FramesInScan).Select(i => InScan(i / FramesInScan, i % FramesInScan)));
        TreeChange[] changes = [.. paths.Select(path => new TreeChange(DatasetPath.Parse(path).Value, link))];

        PushSessions pushes = server.Server.Site.Pushes;
        SiteSession session = (await pushes.StartAsync(new DatasetId(Guid.Parse(id)), null, "admin", ct)).Value;
        Assert.True((await server.Server.Site.PushCommits.CommitAsync(session, changes, null, ct)).IsOk);
        return id;
    }

    /// <summary>Single changes here and there, which lie over the tree until they are folded into it.</summary>
    private static async Task ChangeAsync(TestCaller caller, string id)
    {
        foreach (int number in (int[])[250_001, 499_999])
        {
            (await caller.PutAsync($"datasets/{id}/entries/{Frame(number)}a", "new")).Must(201);
        }

        (await caller.PutAsync($"datasets/{id}/entries/scan/0500/0000.cbfa", "new")).Must(201);
        (await caller.DeleteAsync($"datasets/{id}/entries/{Frame(3)}")).Must(204);
    }

    private async Task FlatAsync(TestCaller caller, string id, string version, int changed = 0)
    {
        Assert.Equal(Frame(PageEntries - 1 + changed), await LastAsync(caller, $"datasets/{id}/tree?limit={PageEntries}{version}"));
        Assert.Equal(
            Frame(251_000 - changed), await LastAsync(caller, $"datasets/{id}/tree?limit={PageEntries}&after={Frame(250_000)}{version}"));
        Assert.Equal(
            InScan(502, 499), await LastAsync(caller, $"datasets/{id}/tree?limit={PageEntries}&after={InScan(500, 499)}{version}"));
        Assert.Equal(
            InScan(999, 499), await LastAsync(caller, $"datasets/{id}/tree?limit={PageEntries}&after={InScan(997, 499)}{version}"));
        Assert.Equal(
            InScan(500, 499), await LastAsync(caller, $"datasets/{id}/tree?limit={PageEntries}&prefix=scan/0500/{version}"));
    }

    private async Task DelimitedAsync(TestCaller caller, string id, string version, int changed = 0)
    {
        Assert.Equal(
            Frame(PageEntries - 1 + changed), await LastAsync(caller, $"datasets/{id}/tree?delimiter=/&limit={PageEntries}{version}"));
        Assert.Equal(
            "scan/", await LastAsync(caller, $"datasets/{id}/tree?delimiter=/&limit={PageEntries}&after={Frame(499_990)}{version}"));
        Assert.Equal(
            "scan/0999/", await LastAsync(caller, $"datasets/{id}/tree?delimiter=/&limit={PageEntries}&prefix=scan/{version}"));
        Assert.Equal(
            "scan/0799/",
            await LastAsync(caller, $"datasets/{id}/tree?delimiter=/&limit=300&prefix=scan/&after=scan/0499/{version}"));
    }

    /// <summary>A part of a name is looked for in a bounded number of names by each request, which says where to go on.</summary>
    private static async Task FindAsync(TestCaller caller, string id, string version)
    {
        string? after = Frame(370_000);
        var pages = new List<int>();
        while (after is not null)
        {
            JsonElement page = (await caller.GetAsync($"datasets/{id}/tree?delimiter=/&contains=E_0499999.C&after={after}{version}")).Must(200).Json;
            pages.Add(page.GetProperty("items").GetArrayLength());
            after = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        Assert.Equal([0, 0, 1], pages);
    }

    /// <summary>The last path or common prefix of a page that costs no more than it may.</summary>
    private async Task<string> LastAsync(TestCaller caller, string path)
    {
        _disk.Reads = 0;
        Answer page = (await caller.GetAsync(path)).Must(200);
        Assert.True(_disk.Reads is > 0 and <= MaxReads, $"{path} took {_disk.Reads} reads of the disk.");
        return page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("path").GetString()!)
            .Concat(page.Json.GetProperty("prefixes").EnumerateArray().Select(prefix => prefix.GetString()!))
            .Max(StringComparer.Ordinal)!;
    }
}
