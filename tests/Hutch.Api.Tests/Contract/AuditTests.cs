using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class AuditTests
{
    [Fact]
    public async Task The_audit_is_read_page_by_page_from_either_end()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        long[] all = Lines(await server.Admin.GetAsync("audit?limit=1000"));

        long[] oldest = await PagesAsync(server, "audit?limit=2");
        long[] newest = await PagesAsync(server, "audit?limit=2&newest=true");
        long[] between = await PagesAsync(server, $"audit?limit=2&newest=true&after={all[0]}&before={all[^1]}");

        Assert.True(all.Length > 3);
        Assert.Equal(all, oldest);
        Assert.Equal(all.Reverse(), newest);
        Assert.Equal(all[1..^1].Reverse(), between);
    }

    [Fact]
    public async Task The_audit_is_filtered_by_user_action_and_target_and_names_datasets()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("data");
        await ada.DatasetAsync("other");

        Answer found = (await server.Admin.GetAsync($"audit?user=ada&action=dataset.create&target=dataset:{id}")).Must(200);
        JsonElement line = Assert.Single(found.Json.GetProperty("items").EnumerateArray());

        Assert.Equal("ada/data", line.GetProperty("targetName").GetString());
        Assert.Empty(Lines(await server.Admin.GetAsync("audit?user=bob")));
        Assert.Equal(2, Lines(await server.Admin.GetAsync("audit?action=dataset.create")).Length);
    }

    /// <summary>The lines of all pages, however many are added while they are read.</summary>
    private static async Task<long[]> PagesAsync(TestServer server, string path)
    {
        var lines = new List<long>();
        for (string? cursor = ""; cursor is not null;)
        {
            Answer page = (await server.Admin.GetAsync(path + (cursor.Length == 0 ? "" : "&cursor=" + cursor))).Must(200);
            lines.AddRange(Lines(page));
            cursor = page.Json.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        return [.. lines];
    }

    private static long[] Lines(Answer page) =>
        [.. page.Json.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("sequence").GetInt64())];
}
