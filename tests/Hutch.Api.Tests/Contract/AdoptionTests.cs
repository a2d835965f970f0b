using System.Text.Json;
using Hutch.Agent;
using Hutch.Api.Tests.Support;
using Hutch.Datasets.Facility;

namespace Hutch.Api.Tests.Contract;

/// <summary>Adoptions over HTTP, by a whole server. What is taken and what not is tested with the agent.</summary>
public sealed class AdoptionTests
{
    [Fact]
    public async Task An_adopted_folder_is_hashed_and_served_also_after_a_restart_and_takes_no_other_write()
    {
        string old = Directory.CreateTempSubdirectory("hutch-old-").FullName;
        File.WriteAllText(Path.Combine(old, "a"), "bytes");
        await using TestServer server = await TestServer.StartAsync(adopt: new AdoptOptions { Roots = [old] });
        TestCaller anna = await server.UserAsync("anna");

        JsonElement plan = (await server.Admin.PostAsync("agent/adoptions", new { folder = old, dryRun = true })).Must(200).Json;
        JsonElement adopted = (await server.Admin.PostAsync("agent/adoptions", new { folder = old })).Must(200).Json;
        string id = adopted.GetProperty("datasets")[0].GetProperty("dataset").GetString()!;
        await WaitAsync(server, folder => folder.GetProperty("files").GetInt64() == 1 && folder.GetProperty("pendingHashes").GetInt64() == 0);
        File.WriteAllText(Path.Combine(old, "b"), "later");
        await server.RestartAsync();
        JsonElement listed = await WaitAsync(server, folder => folder.GetProperty("files").GetInt64() == 2);

        Assert.False(plan.GetProperty("adopted").GetBoolean());
        Assert.False(plan.GetProperty("datasets")[0].TryGetProperty("dataset", out _));
        Assert.True(adopted.GetProperty("adopted").GetBoolean());
        Assert.Equal((id, old), (listed.GetProperty("dataset").GetString(), listed.GetProperty("adoption").GetString()));
        Assert.Equal("bytes", (await server.Admin.GetAsync($"datasets/{id}/entries/a")).Must(200).Text);
        (await anna.GetAsync("datasets/" + id)).Must(404);
        Answer refused = (await server.Admin.PutAsync($"datasets/{id}/entries/a", "other")).MustRefuse(409, "folder-dataset");
        Assert.Contains(old, refused.Text, StringComparison.Ordinal);
        (await server.Admin.DeleteAsync($"datasets/{id}/entries/a")).MustRefuse(409, "folder-dataset");
        Assert.Equal("bytes", File.ReadAllText(Path.Combine(old, "a")));
        Directory.Delete(old, recursive: true);
    }

    [Fact]
    public async Task Of_two_adoptions_that_overlap_one_is_made_even_if_they_come_at_once()
    {
        string root = Directory.CreateTempSubdirectory("hutch-old-").FullName;
        await using TestServer server = await TestServer.StartAsync(adopt: new AdoptOptions { Roots = [root] });
        for (int round = 0; round < 5; round++)
        {
            string outer = Path.Combine(root, $"{round}");
            string inner = Directory.CreateDirectory(Path.Combine(outer, "inner")).FullName;

            Answer[] answers = await Task.WhenAll(
                server.Admin.PostAsync("agent/adoptions", new { folder = outer }),
                server.Admin.PostAsync("agent/adoptions", new { folder = inner }));

            Assert.Single(answers, static answer => answer.Status == 200);
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_taken_name_gets_a_suffix_and_a_refused_plan_makes_nothing()
    {
        var agent = new ThreeFolders
        {
            Plan = path => new AdoptionPlan(path)
            {
                Parts = [new AdoptionPart("/data/old/run", "adopted:/data/old//run") { Name = "run", OtherSlug = "run-1", Title = "run" }],
                Refusals = path.EndsWith("many", StringComparison.Ordinal) ? ["There are too many."] : [],
            },
        };
        await using TestServer server = await TestServer.StartAsync(facility: agent);
        (await server.Admin.PostAsync("datasets", new { name = "run" })).Must(201);

        Answer refused = (await server.Admin.PostAsync("agent/adoptions", new { folder = "/data/many" })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync("agent/adoptions", new { folder = "/data/old", owner = "nobody-at-all" })).Must(404);
        JsonElement adopted = (await server.Admin.PostAsync("agent/adoptions", new { folder = "/data/old" })).Must(200).Json;

        Assert.Contains("Nothing was adopted. There are too many.", refused.Text, StringComparison.Ordinal);
        Assert.Equal("admin/run-1", adopted.GetProperty("datasets")[0].GetProperty("name").GetString());
        Assert.Equal(["/data/old"], agent.Scanned);
    }

    private static async Task<JsonElement> WaitAsync(TestServer server, Func<JsonElement, bool> isDone)
    {
        while (true)
        {
            JsonElement items = (await server.Admin.GetAsync("agent/folders?adopted=true")).Must(200).Json.GetProperty("items");
            if (items.GetArrayLength() == 1 && isDone(items[0]))
            {
                return items[0];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
    }
}
