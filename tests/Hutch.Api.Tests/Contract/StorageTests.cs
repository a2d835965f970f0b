using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class StorageTests
{
    [Fact]
    public async Task An_administrator_sets_a_quota_and_it_is_refused_with_the_numbers()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("data");

        Answer set = await server.Admin.PutJsonAsync("owners/ada/quota", new { bytes = 1000 });
        Answer first = await ada.PutAsync($"datasets/{id}/entries/a", new string('x', 700));
        Answer second = await ada.PutAsync($"datasets/{id}/entries/b", new string('x', 700));
        Answer early = await ada.PutAsync($"datasets/{id}/entries/c", new string('x', 1001));
        Answer own = await ada.GetAsync("owners/ada/quota");

        Assert.Equal(1000, set.Must(200).Json.GetProperty("quotaBytes").GetInt64());
        first.Must(201);
        JsonElement refusal = second.MustRefuse(507, "insufficient-storage").Json;
        Assert.Equal(("ada", "1000", "700", "700"), (Text(refusal, "owner"), Text(refusal, "limit"), Text(refusal, "used"), Text(refusal, "needed")));
        early.MustRefuse(507, "insufficient-storage");
        Assert.Equal(700, own.Must(200).Json.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Ordinary_users_cannot_read_the_storage_of_the_site_or_set_quotas()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        await ada.PostAsync("groups", new { name = "lab" });

        Assert.Equal(403, (await ada.GetAsync("admin/storage")).Status);
        Assert.Equal(403, (await ada.PutJsonAsync("owners/ada/quota", new { bytes = 1 })).Status);
        Assert.Equal(403, (await bob.GetAsync("owners/ada/quota")).Status);
        Assert.Equal(403, (await bob.GetAsync("owners/lab/quota")).Status);
        Assert.Equal(403, (await bob.GetAsync("owners/nobody/quota")).Status);
        (await ada.GetAsync("owners/lab/quota")).Must(200);
        (await server.Admin.PutJsonAsync("owners/nobody/quota", new { bytes = 1 })).MustRefuse(404, "not-found");
        (await server.Admin.PutJsonAsync("owners/ada/quota", new { bytes = -1 })).MustRefuse(400, "bad-request");
        (await server.Admin.PutJsonAsync("owners/ada/quota", new { bites = 1 })).MustRefuse(400, "invalid-body");
    }

    [Fact]
    public async Task The_storage_of_the_whole_site_is_listed_by_owner_and_by_day()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("data");
        (await ada.PutAsync($"datasets/{id}/entries/a", "twelve bytes")).Must(201);
        await server.Server.Site.Quotas.NoteDayAsync(TestContext.Current.CancellationToken);

        JsonElement storage = (await server.Admin.GetAsync("admin/storage?days=7")).Must(200).Json;

        JsonElement owner = Assert.Single(storage.GetProperty("owners").EnumerateArray());
        Assert.Equal(("ada", 12, 1, 1), (Text(owner, "owner"), owner.GetProperty("bytes").GetInt32(), owner.GetProperty("entries").GetInt32(), owner.GetProperty("datasets").GetInt32()));
        Assert.Equal(12, storage.GetProperty("total").GetProperty("logical").GetInt32());
        Assert.True(storage.GetProperty("total").GetProperty("free").GetInt64() > 0);
        Assert.Equal("ada", Text(Assert.Single(storage.GetProperty("history").EnumerateArray()), "owner"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).ToString();
}
