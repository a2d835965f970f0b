using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class VisibilityTests
{
    [Fact]
    public async Task A_dataset_is_private_until_its_date_and_public_from_then_on()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        string id = await owner.DatasetAsync("data");
        DateTimeOffset later = new(2999, 1, 2, 3, 4, 5, TimeSpan.Zero);

        Answer set = (await owner.PatchAsync($"datasets/{id}", new { visibility = "public", publicAfter = later })).Must(200);

        Assert.Equal("public", set.Json.GetProperty("visibility").GetString());
        Assert.Equal(later, set.Json.GetProperty("publicAfter").GetDateTimeOffset());
        (await server.Nobody.GetAsync($"datasets/{id}")).MustRefuse(401, "unauthenticated");
        (await owner.PatchAsync($"datasets/{id}", new { visibility = "public", publicAfter = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) })).Must(200);
        (await server.Nobody.GetAsync($"datasets/{id}")).Must(200);
        System.Text.Json.JsonElement grant = (await owner.GetAsync($"datasets/{id}/grants")).Must(200).Json.GetProperty("items")[0];
        Assert.Equal(("public", "owner"), (grant.GetProperty("principal").GetString(), grant.GetProperty("by").GetString())); // its column was empty
        Answer back = (await owner.PatchAsync($"datasets/{id}", new { visibility = "private" })).Must(200);
        Assert.False(back.Json.TryGetProperty("publicAfter", out _));
        (await server.Nobody.GetAsync($"datasets/{id}")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_date_without_publishing_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        DateTimeOffset later = new(2999, 1, 2, 3, 4, 5, TimeSpan.Zero);

        (await server.Admin.PatchAsync($"datasets/{id}", new { publicAfter = later })).MustRefuse(400, "bad-request");
        (await server.Admin.PatchAsync($"datasets/{id}", new { visibility = "private", publicAfter = later })).MustRefuse(400, "bad-request");
        (await server.Admin.PatchAsync($"datasets/{id}", new { visibility = "secret" })).MustRefuse(400, "bad-request");
    }
}
