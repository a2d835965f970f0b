using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Worker;
using Hutch.Zone;
using Hutch.Zone.Limits;

namespace Hutch.Api.Tests.Security;

/// <summary>An account without any role tries to fill the disk with what no file is.</summary>
public sealed class DiskFillingTests
{
    private const int MostDatasets = 3;
    private const int MostLines = 60;

    [Fact]
    public async Task Uploads_without_a_commit_are_refused_beyond_the_quota_and_their_end_frees_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller mallory = await server.UserAsync("mallory");
        string id = await mallory.DatasetAsync("data");
        (await server.Admin.PutJsonAsync("owners/mallory/quota", new { bytes = 10_000 })).Must(200);
        string[] pushes = [await StartAsync(), await StartAsync()];

        Answer[] sent = [await SendAsync(pushes[0]), await SendAsync(pushes[1]), await SendAsync(pushes[1])];
        (await mallory.DeleteAsync("sessions/" + pushes[0])).Must(204);
        Answer after = await SendAsync(pushes[1]);

        Assert.Equal([200, 200, 507], sent.Select(static one => one.Status));
        sent[2].MustRefuse(507, "insufficient-storage");
        after.Must(200);

        async Task<string> StartAsync() =>
            (await mallory.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        Task<Answer> SendAsync(string push) =>
            mallory.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(RandomNumberGenerator.GetBytes(4000)));
    }

    [Fact]
    public async Task Datasets_runs_and_lines_of_the_audit_have_a_limit_for_each_account_and_others_go_on()
    {
        await using TestServer server = await TestServer.StartAsync(
            zone: new ZoneOptions
            {
                Durable = false,
                Accounts = new AccountOptions { HashIterations = 10, AuditLinesPerDay = MostLines },
            },
            site: new SiteOptions { Lifecycle = new LifecycleOptions { MaxDatasetsPerOwner = MostDatasets } },
            analysis: new AnalysisWorkerOptions { Enabled = false, MaxRunsPerAccount = 2 });
        TestCaller mallory = await server.UserAsync("mallory");
        TestCaller ada = await server.UserAsync("ada");
        string spare = (await mallory.PostAsync("tokens", new { name = "spare" })).Must(201).Json.GetProperty("token").GetString()!;
        string[] made = [await mallory.DatasetAsync("one"), await mallory.DatasetAsync("two"), await mallory.DatasetAsync("three")];

        Answer oneMore = await mallory.PostAsync("datasets", new { name = "four" });
        (await mallory.DeleteAsync("datasets/" + made[2])).Must(200);
        Answer fromTrash = await mallory.PostAsync("datasets", new { name = "four" });
        (await mallory.PostAsync($"datasets/{made[2]}/purge", new { reason = "room" })).Must(200);
        Answer afterPurge = await mallory.PostAsync("datasets", new { name = "four" });

        Assert.Equal(("datasets", "3"), (Text(oneMore.MustRefuse(507, "insufficient-storage").Json, "quota"), Text(oneMore.Json, "limit")));
        fromTrash.MustRefuse(507, "insufficient-storage");
        afterPurge.Must(201);

        (await mallory.PutAsync($"datasets/{made[0]}/entries/a", "1")).Must(201);
        (await mallory.PostAsync($"datasets/{made[0]}/snapshots", new { })).Must(201);
        Answer[] runs = [await RunAsync(), await RunAsync(), await RunAsync()];
        Assert.Equal([201, 201, 507], runs.Select(static one => one.Status));
        Assert.Equal("runs", Text(runs[2].Json, "quota"));

        Answer? refused = null;
        for (int i = 0; i <= MostLines && refused is null; i++)
        {
            Answer changed = await mallory.PutJsonAsync($"datasets/{made[0]}/grants/user:ada", new { right = i % 2 == 0 ? "read" : "write" });
            refused = changed.Status == 200 ? null : changed;
        }

        Assert.True(int.Parse(Text(refused!.MustRefuse(429, "too-many-requests").Json, "retryAfterSeconds"), null) > 0);
        (await mallory.PutAsync($"datasets/{made[0]}/entries/b", "2")).Must(201);
        (await mallory.DeleteAsync("tokens/" + spare.Split('_')[2])).Must(204);
        (await ada.PostAsync("datasets", new { name = "hers" })).Must(201);
        JsonElement[] lines = [.. (await server.Admin.GetAsync("audit?limit=1000")).Must(200).Json.GetProperty("items").EnumerateArray()];
        Assert.Contains(lines, static line => Text(line, "user") == "mallory" && Text(line, "action") == "dataset.purge");
        Assert.InRange(lines.Count(static line => Text(line, "user") == "mallory"), MostLines, MostLines + 5);

        Task<Answer> RunAsync() => mallory.PostAsync(
            "runs", new { program = "p", inputs = new[] { new { dataset = made[0], snapshot = 1 } }, output = made[0] });
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
}
