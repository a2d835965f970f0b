using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Api.Tests.Contract;

/// <summary>The facility agent over HTTP: who may, and pages. What the agent does is tested with the agent.</summary>
public sealed class FacilityTests
{
    [Fact]
    public async Task A_server_that_watches_nothing_says_what_to_configure()
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer answer = (await server.Admin.GetAsync("agent/folders")).Must(404);

        Assert.Contains("agent.folders", answer.Json.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_operators_see_folders_and_poke_them()
    {
        await using TestServer server = await StartAsync();
        TestCaller anna = await server.UserAsync("anna");

        (await anna.GetAsync("agent/folders")).Must(403);
        (await server.Nobody.GetAsync("agent/folders")).Must(401);
        (await anna.PostAsync("agent/poke", new { folder = "/data/a" })).Must(403);
        (await anna.PostAsync("agent/letter", new { folder = "/data/a" })).Must(403);
        (await server.Admin.PostAsync("agent/poke", new { folder = "/data/a" })).Must(204);
    }

    [Fact]
    public async Task Folders_come_in_pages_by_path()
    {
        await using TestServer server = await StartAsync();

        JsonElement first = (await server.Admin.GetAsync("agent/folders?limit=2")).Must(200).Json;
        JsonElement second = (await server.Admin.GetAsync("agent/folders?limit=2&cursor=" + first.GetProperty("next").GetString())).Must(200).Json;

        Assert.Equal(["/data/a", "/data/b"], Paths(first));
        Assert.Equal(["/data/c"], Paths(second));
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Equal("polled", first.GetProperty("parents")[0].GetProperty("watch").GetString());
    }

    [Fact]
    public async Task Folders_are_found_by_state_and_text()
    {
        await using TestServer server = await StartAsync();

        JsonElement waiting = (await server.Admin.GetAsync("agent/folders?state=waiting")).Must(200).Json;
        JsonElement named = (await server.Admin.GetAsync("agent/folders?text=TA/C")).Must(200).Json;
        (await server.Admin.GetAsync("agent/folders?state=sleeping")).Must(400);

        Assert.Equal(["/data/b"], Paths(waiting));
        Assert.Equal(["/data/c"], Paths(named));
    }

    [Fact]
    public async Task Folders_that_need_attention_come_first_and_then_the_latest_changes_on_all_pages()
    {
        DateTimeOffset now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        FacilityFolder[] folders =
        [
            new("/data/closed", FacilityFolderState.Published) { Changed = now.AddDays(-2) },
            new("/data/late", FacilityFolderState.Published) { Changed = now },
            new("/data/gone", FacilityFolderState.Missing),
            new("/data/twin:1", FacilityFolderState.Published) { Problem = "two folders cannot be the same dataset" },
            new("/data/bad", FacilityFolderState.Attention) { Changed = now, Problem = "line 1" },
            new("/data/new", FacilityFolderState.Waiting),
        ];
        await using TestServer server = await TestServer.StartAsync(facility: new ThreeFolders { Folders = folders });
        var found = new List<string?>();

        for (string? cursor = ""; cursor is not null;)
        {
            JsonElement page = (await server.Admin.GetAsync("agent/folders?order=need&limit=1" + cursor)).Must(200).Json;
            found.AddRange(Paths(page));
            cursor = page.TryGetProperty("next", out JsonElement next) ? "&cursor=" + Uri.EscapeDataString(next.GetString()!) : null;
        }

        Assert.Equal(["/data/bad", "/data/twin:1", "/data/gone", "/data/new", "/data/late", "/data/closed"], found);
        (await server.Admin.GetAsync("agent/folders?order=need&cursor=/data/bad")).MustRefuse(400, "bad-request");
        (await server.Admin.GetAsync("agent/folders?order=size")).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task Folders_are_counted_by_state_whichever_page_and_state_is_asked_for()
    {
        FacilityFolder[] folders =
        [
            new("/data/krios/1", FacilityFolderState.Published) { Problem = "two folders cannot be the same dataset" },
            new("/data/krios/2", FacilityFolderState.Published),
            new("/data/talos/3", FacilityFolderState.Waiting),
        ];
        await using TestServer server = await TestServer.StartAsync(facility: new ThreeFolders { Folders = folders });

        JsonElement all = (await server.Admin.GetAsync("agent/folders?limit=1&state=waiting")).Must(200).Json.GetProperty("counts");
        JsonElement krios = (await server.Admin.GetAsync("agent/folders?text=KRIOS")).Must(200).Json.GetProperty("counts");

        Assert.Equal((3, 2, 1, 1, 0), Counts(all));
        Assert.Equal((2, 2, 0, 1, 0), Counts(krios));

        static (int, int, int, int, int) Counts(JsonElement counts) => (
            counts.GetProperty("all").GetInt32(), counts.GetProperty("published").GetInt32(), counts.GetProperty("waiting").GetInt32(),
            counts.GetProperty("attention").GetInt32(), counts.GetProperty("missing").GetInt32());
    }

    [Fact]
    public async Task Folders_are_found_by_the_days_on_which_their_time_ends_and_by_their_problem()
    {
        DateTimeOffset december = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        FacilityFolder[] folders =
        [
            new("/data/a", FacilityFolderState.Published) { KeepUntil = december.AddSeconds(-1), Identity = "08d9c8eb" },
            new("/data/b", FacilityFolderState.Published) { KeepUntil = december },
            new("/data/c", FacilityFolderState.Published) { KeepUntil = december.AddMonths(1) },
            new("/data/d", FacilityFolderState.Attention) { Problem = "the key 'DataId' is missing" },
        ];
        await using TestServer server = await TestServer.StartAsync(facility: new ThreeFolders { Folders = folders });

        Assert.Equal(["/data/b"], await FindAsync("endsFrom=2026-12-01T00:00:00Z&endsBefore=2027-01-01T00:00:00Z"));
        Assert.Equal(["/data/a"], await FindAsync("endsBefore=2026-12-01"));
        Assert.Equal(["/data/d"], await FindAsync("text=dataid"));
        Assert.Equal(["/data/a"], await FindAsync("text=08D9"));
        (await server.Admin.GetAsync("agent/folders?endsFrom=soon")).MustRefuse(400, "bad-request");

        async Task<IEnumerable<string?>> FindAsync(string query) =>
            Paths((await server.Admin.GetAsync("agent/folders?" + query)).Must(200).Json);
    }

    [Fact]
    public async Task A_dataset_shows_that_its_files_stay_in_a_folder_and_refuses_changes_to_them()
    {
        await using TestServer server = await TestServer.StartAsync();
        string there = await server.Admin.DatasetAsync("there");
        string stored = await server.Admin.DatasetAsync("stored");
        Assert.True(DatasetId.TryParse(there, out DatasetId dataset));
        Assert.True((await server.Server.Site.Folders.SetFolderAsync(
            dataset, new FolderLocation("/data/krios/1", "1"), "agent", TestContext.Current.CancellationToken)).IsOk);

        JsonElement one = (await server.Admin.GetAsync("datasets/" + there)).Must(200).Json;
        JsonElement other = (await server.Admin.GetAsync("datasets/" + stored)).Must(200).Json;
        Answer listed = (await server.Admin.GetAsync("datasets")).Must(200);

        Assert.True(one.GetProperty("inFolder").GetBoolean());
        Assert.False(other.TryGetProperty("inFolder", out JsonElement said) && said.GetBoolean());
        Assert.Single(
            listed.Json.GetProperty("items").EnumerateArray(), item => item.TryGetProperty("inFolder", out JsonElement is_) && is_.GetBoolean());
        Assert.DoesNotContain("/data/krios", listed.Text, StringComparison.Ordinal);
        (await server.Admin.PutAsync($"datasets/{there}/entries/x", "1")).MustRefuse(409, "folder-dataset");
        (await server.Admin.DeleteAsync($"datasets/{there}/entries/x")).MustRefuse(409, "folder-dataset");
    }

    [Fact]
    public async Task When_no_server_watches_the_folders_operators_get_an_explanatory_error()
    {
        await using TestServer server = await TestServer.StartAsync(facility: new ThreeFolders { IsElsewhere = true });

        Answer asked = await server.Admin.GetAsync("agent/folders");

        asked.MustRefuse(503, "unavailable");
        Assert.Equal(
            "No server of this site watches the folders at the moment. One will in a few seconds; try again.", asked.Json.GetProperty("detail").GetString());
        (await server.Admin.PostAsync("agent/scan", new { })).MustRefuse(503, "unavailable");
        (await (await server.UserAsync("ada")).GetAsync("agent/folders")).MustRefuse(403, "forbidden");
    }

    private static IEnumerable<string?> Paths(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("folder").GetString());

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(facility: new ThreeFolders());
}
