using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>The life of a dataset over HTTP.</summary>
public sealed class DatasetTests
{
    [Fact]
    public async Task A_new_dataset_is_found_by_id_by_slug_and_by_full_name()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");

        Answer made = (await ada.PostAsync("datasets", new { name = "lysozyme", title = "A crystal", type = "mx/rotation" })).Must(201);
        string id = made.Json.GetProperty("id").GetString()!;

        Assert.Equal("/api/v1/datasets/" + id, made.Headers["Location"]);
        foreach (string name in (string[])[id, "lysozyme", "ada/lysozyme"])
        {
            JsonElement found = (await ada.GetAsync("datasets/resolve?name=" + Uri.EscapeDataString(name))).Must(200).Json;
            Assert.Equal(id, found.GetProperty("id").GetString());
            Assert.Equal("A crystal", found.GetProperty("title").GetString());
            Assert.Equal("mx/rotation", found.GetProperty("type").GetString());
            Assert.Equal("manage", found.GetProperty("yourRight").GetString());
        }
    }

    [Fact]
    public async Task The_same_name_twice_is_refused_and_leaves_the_first_alone()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("one-name");

        (await server.Admin.PostAsync("datasets", new { name = "one-name" })).MustRefuse(409, "already-exists");

        (await server.Admin.GetAsync("datasets/" + id)).Must(200);
    }

    [Fact]
    public async Task A_list_has_pages_and_leaves_out_datasets_in_the_trash()
    {
        await using TestServer server = await TestServer.StartAsync();
        foreach (int i in Enumerable.Range(1, 5))
        {
            await server.Admin.DatasetAsync($"set-{i}");
        }

        string third = (await server.Admin.GetAsync("datasets/resolve?name=set-3")).Json.GetProperty("id").GetString()!;
        (await server.Admin.DeleteAsync("datasets/" + third)).Must(200);

        List<string> names = [];
        string? cursor = null;
        do
        {
            JsonElement page =
                (await server.Admin.GetAsync("datasets?limit=2" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))))
                    .Must(200).Json;
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!));
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(["set-1", "set-2", "set-4", "set-5"], names);
        Answer trash = (await server.Admin.GetAsync("datasets?state=trash")).Must(200);
        Assert.Equal("set-3", trash.Json.GetProperty("items")[0].GetProperty("slug").GetString());
    }

    [Fact]
    public async Task A_patch_changes_only_the_fields_that_it_contains()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("before");

        JsonElement patched =
            (await server.Admin.PatchAsync("datasets/" + id, new { slug = "after", title = "New", visibility = "public" })).Must(200).Json;

        Assert.Equal("admin/after", patched.GetProperty("name").GetString());
        Assert.Equal("New", patched.GetProperty("title").GetString());
        Assert.Equal("generic", patched.GetProperty("type").GetString());
        Assert.Equal("public", patched.GetProperty("visibility").GetString());
        (await server.Nobody.GetAsync("datasets/" + id)).Must(200);
        (await server.Admin.GetAsync("datasets/resolve?name=before")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_closed_dataset_never_changes_and_can_be_derived_from()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("parent");
        (await server.Admin.PutAsync($"datasets/{id}/entries/data.txt", "data")).Must(201);
        (await server.Admin.PostAsync("datasets", new { name = "too-early", parents = new[] { new { dataset = "parent" } } })).MustRefuse(
            409, "dataset-open");

        JsonElement closed = (await server.Admin.PostAsync($"datasets/{id}/close", new { message = "done" })).Must(200).Json;
        Assert.Equal("closed", closed.GetProperty("state").GetString());
        (await server.Admin.PutAsync($"datasets/{id}/entries/more.txt", "more")).MustRefuse(409, "dataset-closed");
        (await server.Admin.DeleteAsync($"datasets/{id}/entries/data.txt")).MustRefuse(409, "dataset-closed");

        JsonElement empty =
            (await server.Admin.PostAsync("datasets", new { name = "child", parents = new[] { new { dataset = "parent" } } }))
                .Must(201).Json;
        JsonElement copy =
            (await server.Admin.PostAsync("datasets", new { name = "copied", copy = true, parents = new[] { new { dataset = "parent", at = "1" } } })).Must(201).Json;

        Assert.Equal("derived", empty.GetProperty("kind").GetString());
        Assert.Equal(0, empty.GetProperty("files").GetInt64());
        Assert.Equal("admin/parent", empty.GetProperty("parents")[0].GetProperty("name").GetString());
        Assert.Equal(1, empty.GetProperty("parents")[0].GetProperty("snapshot").GetInt64());
        Assert.Equal(1, copy.GetProperty("snapshots").GetInt64());
        Assert.Equal(
            "data", (await server.Admin.GetAsync($"datasets/{copy.GetProperty("id").GetString()}/entries/data.txt")).Must(200).Text);
    }

    [Fact]
    public async Task The_trash_hides_the_bytes_gives_them_back_and_is_the_way_to_a_purge()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("secret");
        (await ada.PutAsync($"datasets/{id}/entries/a.txt", "names")).Must(201);
        (await ada.PostAsync($"datasets/{id}/purge", new { reason = "by law" })).MustRefuse(422, "unprocessable");

        Assert.Equal("trash", (await ada.DeleteAsync("datasets/" + id)).Must(200).Json.GetProperty("state").GetString());
        (await ada.GetAsync($"datasets/{id}/entries/a.txt")).MustRefuse(410, "in-trash");
        (await ada.PostAsync($"datasets/{id}/restore", new { })).Must(200);
        Assert.Equal("names", (await ada.GetAsync($"datasets/{id}/entries/a.txt")).Must(200).Text);

        (await ada.DeleteAsync("datasets/" + id)).Must(200);
        Assert.Equal(
            "gone",
            (await ada.PostAsync($"datasets/{id}/purge", new { reason = "by law" })).Must(200).Json.GetProperty("state").GetString());
        (await ada.GetAsync($"datasets/{id}/entries/a.txt")).MustRefuse(410, "gone");
        Answer audit = (await server.Admin.GetAsync("audit?limit=1000")).Must(200);
        Assert.Contains(
            audit.Json.GetProperty("items").EnumerateArray(),
            line => line.GetProperty("action").GetString() == "dataset.purge" && line.GetProperty("detail").GetString() == "by law");
    }

    [Fact]
    public async Task A_list_counts_what_was_written_and_not_compacted_yet()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("open-set");
        (await ada.PutAsync($"datasets/{id}/entries/a", "12345")).Must(201);
        (await ada.PutAsync($"datasets/{id}/entries/b", "1")).Must(201);
        Assert.Equal((2, 6), await CountAsync());

        (await ada.PostAsync($"datasets/{id}/snapshots", new { message = "folded" })).Must(201);
        (await ada.PutAsync($"datasets/{id}/entries/a", "123")).Must(204);
        (await ada.PutAsync($"datasets/{id}/entries/c", "1")).Must(201);
        (await ada.DeleteAsync($"datasets/{id}/entries/b")).Must(204);

        Assert.Equal((2, 4), await CountAsync());

        async Task<(int, int)> CountAsync()
        {
            JsonElement listed = (await ada.GetAsync("datasets")).Must(200).Json.GetProperty("items")[0];
            return (listed.GetProperty("files").GetInt32(), listed.GetProperty("bytes").GetInt32());
        }
    }

    [Fact]
    public async Task Lists_of_all_users_show_public_datasets_and_reveal_no_private_ones()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string hidden = await ada.DatasetAsync("hidden-parent");
        (await ada.PutJsonAsync($"datasets/{hidden}/metadata", new { sample = "thaumatin" })).Must(204);
        (await ada.PutAsync($"datasets/{hidden}/entries/a", "a")).Must(201);
        (await ada.PostAsync($"datasets/{hidden}/close", new { })).Must(200);
        string open = (await ada.PostAsync("datasets", new { name = "open-child", parents = new[] { new { dataset = hidden } }, copy = true })).Must(201)
            .Json.GetProperty("id").GetString()!;
        string later = await ada.DatasetAsync("not-yet");
        (await ada.PatchAsync("datasets/" + open, new { visibility = "public" })).Must(200);
        (await ada.PatchAsync("datasets/" + later, new { visibility = "public", publicAfter = "2999-01-01T00:00:00Z" })).Must(200);
        await bob.DatasetAsync("mine");

        foreach (string order in (string[])["name", "newest"])
        {
            Assert.Equal(["ada/open-child"], await NamesAsync(server.Nobody, "order=" + order));
            Assert.Equal(["ada/open-child", "bob/mine"], (await NamesAsync(bob, "order=" + order)).Order());
            Assert.Equal(["ada/open-child"], await NamesAsync(bob, $"order={order}&owner=ada"));
            Assert.Empty(await NamesAsync(bob, $"order={order}&shared=true"));
            Assert.Empty(await NamesAsync(server.Nobody, $"order={order}&q=thaumatin"));
            Assert.Empty(await NamesAsync(server.Nobody, $"order={order}&q=hidden"));
            Assert.Empty(await NamesAsync(server.Nobody, $"order={order}&q=not-yet"));
        }

        foreach (string path in (string[])["datasets", "datasets?order=newest", "search?q=ada", "datasets/" + open, $"datasets/{open}/lineage"])
        {
            string told = (await server.Nobody.GetAsync(path)).Must(200).Text;
            Assert.DoesNotContain("hidden-parent", told, StringComparison.Ordinal);
            Assert.DoesNotContain("not-yet", told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_list_is_filtered_by_words_of_the_metadata_and_by_parts_of_the_name()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string described = await ada.DatasetAsync("first");
        await ada.DatasetAsync("hen-lysozyme");
        (await ada.PutJsonAsync($"datasets/{described}/metadata", new { sample = new { name = "Thaumatin", temperature = 293 } })).Must(204);

        foreach (string order in (string[])["name", "newest"])
        {
            Assert.Equal(["ada/first"], await NamesAsync(ada, $"order={order}&q=thaum"));
            Assert.Equal(["ada/first"], await NamesAsync(ada, $"order={order}&q=temperature%20293"));
            Assert.Equal(["ada/hen-lysozyme"], await NamesAsync(ada, $"order={order}&q=SOZY"));
            Assert.Empty(await NamesAsync(ada, $"order={order}&q=aumatin"));
        }
    }

    [Fact]
    public async Task A_list_begins_with_the_newest_when_asked_page_by_page()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        foreach (string name in (string[])["c-first", "a-second", "d-third", "b-fourth"])
        {
            await ada.DatasetAsync(name);
        }

        await (await server.UserAsync("bob")).DatasetAsync("not-adas");

        Answer first = (await ada.GetAsync("datasets?order=newest&limit=3")).Must(200);
        string next = first.Json.GetProperty("next").GetString()!;
        Assert.Equal(
            ["ada/b-fourth", "ada/d-third", "ada/a-second", "ada/c-first"],
            [.. Names(first), .. Names((await ada.GetAsync("datasets?order=newest&limit=3&cursor=" + next)).Must(200))]);
        (await ada.GetAsync("datasets?order=newest&cursor=x")).MustRefuse(400, "bad-request");
        (await ada.GetAsync("datasets?order=newest&state=trash")).MustRefuse(400, "bad-request");
        (await ada.GetAsync("datasets?order=size")).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task A_list_examines_a_bounded_number_of_names_per_page_and_the_next_page_continues_there()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        await ada.DatasetAsync("a-needle");
        for (int i = 0; i < 25; i++)
        {
            await ada.DatasetAsync($"hay-{i:00}");
        }

        await ada.DatasetAsync("z-needle");

        foreach (string order in (string[])["name", "newest"])
        {
            var sizes = new List<int>();
            var found = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                Answer page = (await ada.GetAsync($"datasets?order={order}&q=needle&limit=2{cursor}")).Must(200);
                sizes.Add(Names(page).Count());
                found.AddRange(Names(page));
                cursor = page.Json.TryGetProperty("next", out JsonElement next) ? "&cursor=" + Uri.EscapeDataString(next.GetString()!) : null;
            }

            Assert.Equal([1, 1], sizes);
            Assert.Equal(["ada/a-needle", "ada/z-needle"], found.Order());
            Answer empty = (await ada.GetAsync($"datasets?order={order}&q=nothing&limit=2")).Must(200);
            Assert.Empty(Names(empty));
            Assert.True(empty.Json.TryGetProperty("next", out _));
        }
    }

    private static IEnumerable<string> Names(Answer page) =>
        page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);

    private static async Task<string[]> NamesAsync(TestCaller caller, string query) =>
        [.. Names((await caller.GetAsync("datasets?" + query)).Must(200))];

    [Fact]
    public async Task Search_finds_titles_and_metadata_of_what_the_caller_may_see_only()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("first");
        (await ada.PutJsonAsync($"datasets/{id}/metadata", new { sample = "thaumatin" })).Must(204);

        Assert.Equal(id, (await ada.GetAsync("search?q=thaumatin")).Must(200).Json.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal(0, (await bob.GetAsync("search?q=thaumatin")).Must(200).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Search_follows_rights_groups_and_visibility_at_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("lysozyme-100k");
        Assert.Equal(0, await CountAsync(bob));

        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "view" })).Must(200);
        Assert.Equal(1, await CountAsync(bob));
        (await ada.DeleteAsync($"datasets/{id}/grants/user:bob")).Must(204);
        Assert.Equal(0, await CountAsync(bob));

        (await server.Admin.PostAsync("groups", new { name = "lab" })).Must(201);
        (await server.Admin.PutJsonAsync("groups/lab/members/bob", new { manager = false })).Must(200);
        (await ada.PutJsonAsync($"datasets/{id}/grants/group:lab", new { right = "view" })).Must(200);
        Assert.Equal(1, await CountAsync(bob));
        (await server.Admin.DeleteAsync("groups/lab/members/bob")).Must(204);
        Assert.Equal(0, await CountAsync(bob));

        Assert.Equal(0, await CountAsync(server.Nobody));
        (await ada.PatchAsync("datasets/" + id, new { visibility = "public" })).Must(200);
        Assert.Equal(1, await CountAsync(bob));
        Assert.Equal(1, await CountAsync(server.Nobody));

        async Task<int> CountAsync(TestCaller caller) =>
            (await caller.GetAsync("search?q=lyso")).Must(200).Json.GetProperty("items").GetArrayLength();
    }

    [Fact]
    public async Task Search_finds_current_names_and_nothing_in_the_trash()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("lysozyme");
        (await ada.PatchAsync("datasets/" + id, new { slug = "thaumatin", title = "Crystal 7" })).Must(200);

        Assert.Equal(0, await CountAsync("lyso"));
        Assert.Equal(1, await CountAsync("crystal%20thau"));
        await server.RestartAsync();
        Assert.Equal(1, await CountAsync("crystal%20thau"));

        (await ada.DeleteAsync("datasets/" + id)).Must(200);
        Assert.Equal(0, await CountAsync("thaumatin"));
        (await ada.PostAsync($"datasets/{id}/restore", new { })).Must(200);
        Assert.Equal(1, await CountAsync("thaumatin"));

        async Task<int> CountAsync(string words) =>
            (await ada.GetAsync("search?q=" + words)).Must(200).Json.GetProperty("items").GetArrayLength();
    }

    [Fact]
    public async Task Search_continues_page_by_page_and_refuses_a_foreign_cursor()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string[] made = [await ada.DatasetAsync("lyso-1"), await ada.DatasetAsync("lyso-2"), await ada.DatasetAsync("lyso-3")];
        List<string?> found = [];
        for (string? cursor = ""; cursor is not null;)
        {
            Answer page = (await ada.GetAsync("search?q=lyso&limit=2" + (cursor.Length > 0 ? "&cursor=" + cursor : ""))).Must(200);
            found.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
            cursor = page.Json.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        Assert.Equal(made.Reverse(), found);
        (await ada.GetAsync("search?q=lyso&cursor=x")).MustRefuse(400, "bad-request");
        Assert.Equal(3, (await ada.GetAsync("search?q=%20")).Must(200).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Metadata_keeps_every_version_and_refuses_to_overwrite_what_was_not_read()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("described");
        Assert.Equal("\"0\"", (await server.Admin.GetAsync($"datasets/{id}/metadata")).Must(200).Headers["ETag"]);

        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", new { a = 1 }, ("If-Match", "\"0\""))).Must(204);
        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", new { a = 2 }, ("If-Match", "\"0\""))).MustRefuse(
            412, "precondition-failed");
        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", "{\"b\":  3}", ("If-Match", "\"1\""))).Must(204);
        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", "[1]")).MustRefuse(400, "invalid-body");

        Assert.Equal("{\"b\":  3}", (await server.Admin.GetAsync($"datasets/{id}/metadata")).Must(200).Text);
        JsonElement history = (await server.Admin.GetAsync($"datasets/{id}/metadata/history")).Must(200).Json.GetProperty("items");
        Assert.Equal([2L, 1L], history.EnumerateArray().Select(version => version.GetProperty("version").GetInt64()));
        Assert.Equal(1, history[1].GetProperty("document").GetProperty("a").GetInt32());
    }
}
