using System.Text.Json;
using Hutch.Api.Tests.Support;

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

    private static IEnumerable<string?> Paths(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("folder").GetString());

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(facility: new ThreeFolders());
}
