using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Site.Write.Heads;

namespace Hutch.Api.Tests.Contract;

/// <summary>What can be freed, and what prevents the rest.</summary>
public sealed class SpaceTests(SpaceTests.Servers shared) : IClassFixture<SpaceTests.Servers>
{
    private readonly TestServer _server = shared.Server;

    /// <summary>Each sees only its own: another user's bytes are neither named nor counted, even where both have the same.</summary>
    [Fact]
    public async Task Space_is_listed_for_its_managers_with_the_way_and_what_prevents_the_rest()
    {
        TestCaller ada = await _server.UserAsync("ada");
        TestCaller bob = await _server.UserAsync("bob");
        string trashed = await ada.DatasetAsync("trashed");
        string open = await ada.DatasetAsync("open");
        string others = await bob.DatasetAsync("others");
        foreach ((TestCaller user, string id) in ((TestCaller, string)[])[(ada, trashed), (bob, others)])
        {
            (await user.PutAsync($"datasets/{id}/entries/a", new string('x', 70_000))).Must(201);
        }

        (await ada.PutAsync($"datasets/{open}/entries/b", "b")).Must(201);
        (await ada.DeleteAsync($"datasets/{trashed}")).Must(200);

        JsonElement own = (await ada.GetAsync("space")).Must(200).Json;
        JsonElement ofBob = (await bob.GetAsync("space?owner=ada")).Must(200).Json;
        JsonElement all = (await _server.Admin.GetAsync("space?owner=ada")).Must(200).Json;

        JsonElement line = Assert.Single(own.GetProperty("lines").EnumerateArray());
        Assert.Equal(("ada/trashed", "trash", 70_000), (Text(line, "name"), Text(line, "kind"), line.GetProperty("bytes").GetInt64()));
        JsonElement obstacle = Assert.Single(own.GetProperty("obstacles").EnumerateArray());
        Assert.Equal(("open", "ada/open", "manager"), (Text(obstacle, "code"), Text(obstacle, "example"), Text(obstacle, "by")));
        Assert.Equal((0, 0), (ofBob.GetProperty("lines").GetArrayLength(), ofBob.GetProperty("obstacles").GetArrayLength()));
        Assert.Equal((true, 0), (all.GetProperty("exact").GetBoolean(), all.GetProperty("bytes").GetInt64()));
        Assert.Equal(401, (await _server.Nobody.GetAsync("space")).Status);
    }

    /// <summary>Reasons are the same for all datasets that have them, whatever their names are, and name no dataset.</summary>
    [Fact]
    public async Task Obstacles_are_added_up_by_their_code()
    {
        TestCaller ada = await _server.UserAsync("bea");
        foreach (string name in (string[])["dataset", "open", "closed"])
        {
            string id = await ada.DatasetAsync(name);
            (await ada.PutAsync($"datasets/{id}/entries/a", name)).Must(201);
            (await ada.PostAsync($"datasets/{id}/close", new { })).Must(200);
        }

        JsonElement space = (await ada.GetAsync("space")).Must(200).Json;

        JsonElement obstacle = Assert.Single(space.GetProperty("obstacles").EnumerateArray());
        Assert.Equal(("no-other-sites", 3, "operator"), (Text(obstacle, "code"), obstacle.GetProperty("datasets").GetInt32(), Text(obstacle, "by")));
        Assert.DoesNotContain("bea", Text(obstacle, "reason"));
    }

    [Fact]
    public async Task Superseded_versions_are_a_line_if_they_end_and_an_obstacle_if_they_stay()
    {
        TestCaller ada = await _server.UserAsync("cleo");
        string id = await ada.DatasetAsync("data");
        await PutVersionAsync(70_000, asked: false);
        await PutVersionAsync(50_000, asked: true);
        await PutVersionAsync(10_000, asked: false);

        JsonElement space = (await ada.GetAsync("space")).Must(200).Json;

        JsonElement line = Assert.Single(space.GetProperty("lines").EnumerateArray());
        Assert.Equal(("cleo/data", "versions", false), (Text(line, "name"), Text(line, "kind"), line.TryGetProperty("command", out _)));
        Assert.InRange(line.GetProperty("bytes").GetInt64(), 70_000, 71_000);
        Assert.InRange(line.GetProperty("until").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(89), DateTimeOffset.UtcNow.AddDays(91));
        Assert.Equal(["open", "versions"], space.GetProperty("obstacles").EnumerateArray().Select(one => Text(one, "code")).Order());
        JsonElement versions = space.GetProperty("obstacles").EnumerateArray().Single(one => Text(one, "code") == "versions");
        Assert.InRange(versions.GetProperty("bytes").GetInt64(), 50_000, 51_000);

        async Task PutVersionAsync(int bytes, bool asked)
        {
            Answer put = await ada.PutAsync($"datasets/{id}/entries/a", Convert.ToHexString(RandomNumberGenerator.GetBytes(bytes / 2)));
            Assert.True(put.Status is 201 or 204, put.Text);
            if (asked)
            {
                (await ada.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
            }
            else
            {
                Assert.True((await _server.Server.Site.HeadCompactor.CompactAsync(new DatasetId(Guid.Parse(id)), CompactionRequest.Automatic, TestContext.Current.CancellationToken)).IsOk);
            }
        }
    }

    [Fact]
    public async Task Lines_are_added_up_also_those_beyond_the_limit()
    {
        TestCaller ada = await _server.UserAsync("dora");
        (await _server.Admin.PostAsync("visits", new
        {
            name = "cm1-1",
            proposal = "cm1",
            instrument = "I04",
            begin = DateTimeOffset.UtcNow.AddDays(-1),
            end = DateTimeOffset.UtcNow.AddDays(1),
            people = new[] { new { user = "dora", role = "principal-investigator" } },
        })).Must(200);
        foreach ((string owner, int bytes) in ((string, int)[])[("cm1-1", 70_000), ("dora", 30_000)])
        {
            string id = Text((await ada.PostAsync("datasets", new { name = $"{owner}/data" })).Must(201).Json, "id");
            (await ada.PutAsync($"datasets/{id}/entries/a", new string('y', bytes))).Must(201);
            (await ada.DeleteAsync($"datasets/{id}")).Must(200);
        }

        foreach ((string by, string expected) in ((string, string)[])[
            ("owner", "cm1-1=70000 dora=30000"), ("group", "cm1-1=70000 =30000"), ("visit", "cm1-1=70000 =30000"), ("instrument", "I04=70000 =30000"),
            ("kind", "trash=100000"), ("age", "under-30-days=100000"), ("program", "=100000")])
        {
            JsonElement space = (await ada.GetAsync($"space?by={by}&limit=1")).Must(200).Json;
            Assert.Equal(1, space.GetProperty("lines").GetArrayLength());
            Assert.Equal(expected, string.Join(' ', space.GetProperty("sums").EnumerateArray().Select(one => $"{Text(one, "of")}={one.GetProperty("bytes")}")));
        }

        (await ada.GetAsync("space?by=colour")).MustRefuse(400, "bad-request");
    }

    /// <summary>A list of what is in the trash can be older than a restore: also an administrator then purges nothing.</summary>
    [Fact]
    public async Task A_purge_of_the_trash_spares_a_dataset_that_was_restored()
    {
        string id = await _server.Admin.DatasetAsync("data");
        (await _server.Admin.DeleteAsync($"datasets/{id}")).Must(200);
        (await _server.Admin.PostAsync($"datasets/{id}/restore", new { })).Must(200);

        (await _server.Admin.PostAsync($"datasets/{id}/purge", new { reason = "space", trash = true })).MustRefuse(422, "unprocessable");

        Assert.Equal("open", Text((await _server.Admin.GetAsync($"datasets/{id}")).Must(200).Json, "state"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).ToString();

    /// <summary>One server: each test has users of its own.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
