using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class ActivityTests
{
    [Fact]
    public async Task The_owner_sees_all_actions_on_a_dataset_with_their_users_newest_first()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("data");
        string other = await ada.DatasetAsync("other");
        (await ada.PutJsonAsync($"datasets/{other}/metadata", new { not = "ours" })).Must(204);
        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "write" })).Must(200);
        (await bob.PutAsync($"datasets/{id}/entries/a", "content")).Must(201);
        (await bob.PostAsync($"datasets/{id}/snapshots", new { message = "first light" })).Must(201);
        (await bob.PutJsonAsync($"datasets/{id}/metadata", new { sample = "lysozyme" })).Must(204);
        (await ada.PostAsync($"datasets/{id}/invites", new { right = "read" })).Must(201);
        (await ada.PostAsync($"datasets/{id}/close", new { })).Must(200);

        List<JsonElement> lines = await PagesAsync(ada, id, 2);

        // Two of one millisecond may stand either way.
        Assert.Equal(
            [
                "ada dataset.close", "ada dataset.create ada/data", "ada grant.change write to user:bob", "ada invite.create", "ada snapshot.close",
                "bob metadata.set version 1", "bob snapshot.manual first light",
            ],
            lines.Select(Summary).Order(StringComparer.Ordinal));
        DateTimeOffset[] times = [.. lines.Select(line => line.GetProperty("time").GetDateTimeOffset())];
        Assert.Equal(times.OrderDescending(), times);
        Assert.Equal(1, lines.Single(line => Text(line, "action") == "snapshot.manual").GetProperty("snapshot").GetInt32());
        Assert.All(lines.Where(line => Text(line, "action") is "dataset.close" or "grant.change"), line => Assert.NotEqual("", Text(line, "token")));
    }

    [Fact]
    public async Task Arrivals_are_the_visible_datasets_with_the_newest_data_whatever_their_source()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string first = await ada.DatasetAsync("first");
        string second = await ada.DatasetAsync("second");
        await ada.DatasetAsync("empty");
        string bobs = await bob.DatasetAsync("bobs");
        (await ada.PutAsync($"datasets/{second}/entries/b", "content")).Must(201);
        (await bob.PutAsync($"datasets/{bobs}/entries/c", "content")).Must(201);
        (await ada.PutAsync($"datasets/{first}/entries/movies/1.mrc", "content")).Must(201);

        Assert.Equal(["ada/first movies/1.mrc", "ada/second b"], await ArrivalsAsync("arrivals"));
        (await ada.PostAsync($"datasets/{second}/snapshots", new { })).Must(201);
        Assert.Equal(["ada/second ", "ada/first movies/1.mrc"], await ArrivalsAsync("arrivals"));
        Assert.Equal(["ada/second "], await ArrivalsAsync("arrivals?limit=1"));
        Assert.Empty(await ArrivalsAsync("arrivals?owner=bob"));

        async Task<string[]> ArrivalsAsync(string path) =>
        [
            .. (await ada.GetAsync(path)).Must(200).Json.GetProperty("items").EnumerateArray().Select(
                one => $"{one.GetProperty("dataset").GetProperty("name").GetString()} {Text(one, "path")}"),
        ];
    }

    [Fact]
    public async Task Downloads_of_one_reader_are_one_line_and_looking_is_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("data");
        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "read" })).Must(200);
        (await ada.PutAsync($"datasets/{id}/entries/small", "content")).Must(201);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/big", new ByteArrayContent(new byte[2_000_000]))).Must(201);

        (await ada.GetAsync($"datasets/{id}/entries/small")).Must(200);
        (await bob.GetAsync($"datasets/{id}/entries/big")).Must(200);
        (await bob.GetAsync($"datasets/{id}/entries/big")).Must(200);
        (await bob.GetAsync($"datasets/{id}/archive.tar")).Must(200);
        await server.RestartAsync(); // a server that stops writes what it has gathered

        List<JsonElement> lines = await PagesAsync(ada, id, 10);
        Assert.Equal(
            ["bob dataset.download an archive, and 4.00 MB"],
            lines.Where(line => Text(line, "action") == "dataset.download").Select(Summary));
    }

    [Fact]
    public async Task Downloads_are_counted_by_account_and_together_for_strangers_and_what_a_page_shows_is_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        TestCaller eve = await server.UserAsync("eve");
        string id = await ada.DatasetAsync("data");
        (await ada.PutAsync($"datasets/{id}/entries/small", "content")).Must(201);
        (await ada.PatchAsync($"datasets/{id}", new { visibility = "public" })).Must(200);

        (await bob.GetAsync($"datasets/{id}/entries/small")).Must(200);
        (await bob.GetAsync($"datasets/{id}/archive.tar")).Must(200);
        (await eve.GetAsync($"datasets/{id}/entries/small", ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"))).Must(200);
        (await server.Nobody.GetAsync($"datasets/{id}/entries/small", ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"))).Must(200);
        Assert.Equal(0, (await ada.GetAsync($"datasets/{id}/downloads")).Must(200).Json.GetProperty("times").GetInt64());
        await server.RestartAsync(); // a server that stops writes what it has gathered
        (await bob.GetAsync($"datasets/{id}/entries/small")).Must(200);
        await server.RestartAsync();

        JsonElement counts = (await ada.GetAsync($"datasets/{id}/downloads")).Must(200).Json;
        Assert.Equal("3 28 1", $"{counts.GetProperty("times")} {counts.GetProperty("bytes")} {counts.GetProperty("people")}");
        Assert.Equal("1 7", $"{counts.GetProperty("strangers").GetProperty("times")} {counts.GetProperty("strangers").GetProperty("bytes")}");
        JsonElement member = Assert.Single(counts.GetProperty("members").EnumerateArray());
        Assert.Equal("bob 2 21", $"{Text(member, "user")} {member.GetProperty("times")} {member.GetProperty("bytes")}");
        Assert.Equal(
            ["bob dataset.download an archive"],
            (await PagesAsync(ada, id, 10)).Where(line => Text(line, "action") == "dataset.download").Select(Summary));
    }

    [Fact]
    public async Task The_activity_of_a_dataset_is_visible_only_to_its_managers()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("data");

        (await bob.GetAsync($"datasets/{id}/activity")).MustRefuse(404, "not-found");
        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "write" })).Must(200);
        (await bob.GetAsync($"datasets/{id}/activity")).MustRefuse(403, "forbidden");
        (await bob.GetAsync($"datasets/{id}/downloads")).MustRefuse(403, "forbidden");
        (await server.Nobody.GetAsync($"datasets/{id}/downloads")).MustRefuse(401, "unauthenticated");
        (await server.Admin.GetAsync($"datasets/{id}/activity")).Must(200);
        (await ada.GetAsync($"datasets/{id}/activity?cursor=1.2")).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task An_operator_sees_active_transfers_with_their_users_and_the_bytes_moved_per_class()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller operate = await server.UserAsync("op");
        (await server.Admin.PatchAsync("users/op", new { roles = new[] { "operator" } })).Must(200);
        string id = await ada.DatasetAsync("data");
        byte[] content = RandomNumberGenerator.GetBytes(24 << 20);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/big", new ByteArrayContent(content))).Must(201);
        using HttpResponseMessage download = await ada.OpenAsync($"datasets/{id}/entries/big");

        JsonElement activity = (await operate.GetAsync("activity")).Must(200).Json;

        JsonElement transfer = Assert.Single(activity.GetProperty("transfers").EnumerateArray());
        Assert.Equal(
            ("ada", "rest", "GET entries", id, "bulk"),
            (Text(transfer, "user"), Text(transfer, "door"), Text(transfer, "what"), Text(transfer, "dataset"), Text(transfer, "class")));
        Assert.True(transfer.GetProperty("bytesRead").GetInt64() > 0);
        JsonElement[] classes = [.. activity.GetProperty("classes").EnumerateArray()];
        Assert.Equal(["capture", "interactive", "bulk", "background"], classes.Select(one => Text(one, "class")));
        Assert.Equal(1, classes[2].GetProperty("running").GetInt32());
        Assert.InRange(classes.Sum(one => one.GetProperty("bytesWritten").GetInt64()), content.Length, content.Length + (1 << 20));
        Assert.Equal("ada", Text(activity.GetProperty("storage").GetProperty("owners")[0], "owner"));
        Assert.False(activity.TryGetProperty("recent", out _));
    }

    [Fact]
    public async Task A_write_that_says_so_is_capture_and_a_read_cannot_say_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("data");
        byte[] frame = RandomNumberGenerator.GetBytes(9 << 20);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/000001", new ByteArrayContent(frame), ("X-Hutch-Work", "capture"))).Must(201);
        (await ada.GetAsync($"datasets/{id}/entries/000001", ("X-Hutch-Work", "capture"))).Must(200);

        JsonElement[] classes = [.. (await server.Admin.GetAsync("activity")).Must(200).Json.GetProperty("classes").EnumerateArray()];

        Assert.InRange(classes[0].GetProperty("bytesWritten").GetInt64(), frame.Length, frame.Length + (1 << 20));
        Assert.Equal(0, classes[0].GetProperty("bytesRead").GetInt64());
        Assert.InRange(classes[2].GetProperty("bytesRead").GetInt64(), frame.Length, 2 * frame.Length);
    }

    [Fact]
    public async Task An_administrator_sees_the_newest_of_the_audit_and_the_jobs_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string job = (await server.Admin.PostAsync("jobs", new { kind = "gc" })).Must(202).Json.GetProperty("id").GetString()!;

        JsonElement activity = (await server.Admin.GetAsync("activity?days=1")).Must(200).Json;

        Assert.Equal("token.create", Text(activity.GetProperty("recent")[0], "action"));
        Assert.Equal(job, Text(activity.GetProperty("jobs")[0], "id"));
        (await ada.GetAsync("activity")).MustRefuse(403, "forbidden");
        (await server.Nobody.GetAsync("activity")).MustRefuse(401, "unauthenticated");
    }

    private static async Task<List<JsonElement>> PagesAsync(TestCaller caller, string id, int limit)
    {
        var lines = new List<JsonElement>();
        string? cursor = "";
        while (cursor is not null)
        {
            JsonElement page = (await caller.GetAsync($"datasets/{id}/activity?limit={limit}&cursor={cursor}")).Must(200).Json;
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, limit);
            lines.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        return lines;
    }

    private static string Summary(JsonElement line) =>
        $"{Text(line, "user")} {Text(line, "action")} {(Text(line, "action") == "invite.create" ? "" : Text(line, "detail"))}".TrimEnd();

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
}
