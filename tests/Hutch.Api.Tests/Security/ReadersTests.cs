using Hutch.Api.Tests.Support;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Hutch.Zone.Authorization;

namespace Hutch.Api.Tests.Security;

/// <summary>Who only reads makes the server write nothing, and read no more than it gives out.</summary>
public sealed class ReadersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strangers_that_read_an_open_dataset_create_no_snapshot_and_cannot_verify_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("open");
        (await ada.PatchAsync("datasets/" + id, new { visibility = "public" })).Must(200);
        (await ada.PutAsync($"datasets/{id}/entries/first", "1")).Must(201);
        (await ada.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        (await ada.PutAsync($"datasets/{id}/entries/second", "2")).Must(201);
        long records = server.Server.Site.AppliedSequence;

        Answer files = (await server.Nobody.GetAsync($"datasets/{id}/files")).Must(200);
        (await server.Nobody.GetAsync($"datasets/{id}/archive.tar")).Must(200);
        (await server.Nobody.GetAsync($"datasets/{id}/archive.zip")).Must(200);
        (await server.Nobody.GetAsync($"datasets/{id}/diff?from=1")).Must(200);
        (await server.Nobody.SendAsync(HttpMethod.Post, $"datasets/{id}/verify", null)).MustRefuse(401, "unauthenticated");

        Assert.Equal(records, server.Server.Site.AppliedSequence);
        Assert.Contains("first", files.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("second", files.Text, StringComparison.Ordinal);
        Assert.Equal("2", (await server.Nobody.GetAsync($"datasets/{id}/entries/second")).Must(200).Text);
        Assert.Contains("second", (await ada.GetAsync($"datasets/{id}/files")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readers_see_everything_that_was_acknowledged_and_make_few_snapshots_of_it()
    {
        await using TestServer server = await TestServer.StartAsync(
            site: new SiteOptions { Fold = new CompactionOptions { ReaderSeconds = 1, QuietSeconds = 3600, MaxAgeSeconds = 3600 } });
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("mine");
        (await ada.PutAsync($"datasets/{id}/entries/first", "1")).Must(201);
        (await ada.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        (await ada.PutAsync($"datasets/{id}/entries/second", "2")).Must(201);
        TestCaller bob = await server.UserAsync("bob");
        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "read" })).Must(200);
        Answer link = (await ada.PostAsync($"datasets/{id}/links", new { right = "read" })).Must(201);
        Answer narrow = (await ada.PostAsync("tokens", new { scopes = (string[])["read"] })).Must(201);
        TestCaller[] readers = [bob, server.With(link.Json.GetProperty("token").GetString()!), server.With(narrow.Json.GetProperty("token").GetString()!)];

        Answer[] answers = await Task.WhenAll(readers.SelectMany(reader => (Task<Answer>[])
            [
                reader.GetAsync($"datasets/{id}/files"), reader.GetAsync($"datasets/{id}/diff?from=1"),
                reader.GetAsync($"datasets/{id}/archive.tar"), reader.GetAsync($"datasets/{id}/archive.zip"),
            ]));

        Assert.All(answers, answer => Assert.Contains("second", answer.Must(200).Text, StringComparison.Ordinal));
        Assert.Equal(2, (await ada.GetAsync("datasets/" + id)).Must(200).Json.GetProperty("snapshots").GetInt64());

        var reading = new List<Task<Answer>>();
        for (int i = 0; i < 30; i++)
        {
            (await ada.PutAsync($"datasets/{id}/entries/more {i}", "2")).Must(201);
            reading.Add(bob.GetAsync($"datasets/{id}/files"));
        }

        answers = await Task.WhenAll(reading);
        Assert.All(Enumerable.Range(0, 30), i => Assert.Contains($"more {i}\"", answers[i].Must(200).Text, StringComparison.Ordinal));
        Assert.InRange((await ada.GetAsync("datasets/" + id)).Must(200).Json.GetProperty("snapshots").GetInt64(), 3, 15);
    }

    [Fact]
    public async Task The_server_verifies_one_version_at_a_time_for_each_caller()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("mine");
        (await ada.PutAsync($"datasets/{id}/entries/file", "1")).Must(201);
        Caller caller = (await server.Server.Zone.Authenticator.AuthenticateAsync(ada.Token!, null, Ct)).Value;
        VerifyService service = server.Server.Modules.Operations.Verify;
        Verification first = (await service.OpenAsync(caller, new DatasetId(Guid.Parse(id)), null, Ct)).Value;

        await using (IAsyncEnumerator<VerifyProgress> running = first.ReadAsync(Ct).GetAsyncEnumerator(Ct))
        {
            Assert.True(await running.MoveNextAsync());
            (await ada.SendAsync(HttpMethod.Post, $"datasets/{id}/verify", null)).MustRefuse(429, "too-many-requests");
            (await server.Admin.SendAsync(HttpMethod.Post, $"datasets/{await server.Admin.DatasetAsync("other")}/verify", null)).Must(200);
        }

        (await ada.SendAsync(HttpMethod.Post, $"datasets/{id}/verify", null)).Must(200);
    }
}
