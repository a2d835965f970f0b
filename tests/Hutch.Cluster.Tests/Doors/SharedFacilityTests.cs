using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Site.Platform.Leases;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>Operators ask any server about the folders that one of them watches.</summary>
public sealed class SharedFacilityTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_at_any_server_is_forwarded_to_the_server_that_watches_the_folders()
    {
        var agent = new NotingAgent();
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, agent: agent);
        await using IJobLease watching = await WatchAsync(servers, 0);
        string dataset = await servers.CreateAsync(1, "session");
        var until = new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero);

        JsonElement page = await RequestAsync(servers, 1, "agent/folders?state=published&limit=1&text=Kr%C3%AD");
        await servers.PostAsync(1, "agent/poke", new { folder = "/data/Krí os/1" });
        JsonElement scanned = await servers.PostAsync(1, "agent/scan", new { });
        JsonElement planned = await servers.PostAsync(1, "agent/adoptions", new { folder = "/data/old", each = "*/é", dryRun = true });
        JsonElement letter = await servers.PostAsync(1, "agent/letter", new { folder = "/data/a" });
        using HttpResponseMessage extended = await servers.SendAsync(1, HttpMethod.Put, $"datasets/{dataset}/retention", new { until });
        JsonElement retention = await RequestAsync(servers, 1, $"datasets/{dataset}/retention");

        Assert.Equal("/data/Krí os/1", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("folder").GetString());
        Assert.Equal((2, 2), (page.GetProperty("counts").GetProperty("all").GetInt32(), page.GetProperty("counts").GetProperty("published").GetInt32()));
        Assert.Equal("/data", Assert.Single(page.GetProperty("parents").EnumerateArray()).GetProperty("path").GetString());
        Assert.True(page.TryGetProperty("next", out _));
        Assert.Equal(7, scanned.GetProperty("folders").GetInt32());
        Assert.Equal("No.", Assert.Single(planned.GetProperty("refusals").EnumerateArray()).GetString());
        Assert.Equal("Dear Anna", letter.GetProperty("text").GetString());
        Assert.True(extended.IsSuccessStatusCode, await extended.Content.ReadAsStringAsync(Ct));
        Assert.Equal(until, retention.GetProperty("until").GetDateTimeOffset());
        Assert.Equal(["poke /data/Krí os/1", "scan", "plan /data/old */é", "letter /data/a", $"keep {dataset} by admin"], agent.Done);
    }

    [Fact]
    public async Task What_the_watching_server_refuses_is_refused_in_its_words()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, agent: new NotingAgent());
        await using IJobLease watching = await WatchAsync(servers, 0);

        using HttpResponseMessage refused = await servers.SendAsync(1, HttpMethod.Post, "agent/poke", new { folder = "/elsewhere" });

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("/elsewhere is not watched.", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_no_server_watches_all_say_so()
    {
        var agent = new NotingAgent { IsElsewhere = true };
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, agent: agent);

        using HttpResponseMessage configured = await servers.GetAsync(0, "agent/folders");
        using HttpResponseMessage other = await servers.GetAsync(1, "agent/folders");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound), (configured.StatusCode, other.StatusCode));
        Assert.Empty(agent.Done);
    }

    [Fact]
    public async Task Facility_requests_by_users_other_than_operators_are_refused()
    {
        var agent = new NotingAgent();
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, agent: agent);
        await using IJobLease watching = await WatchAsync(servers, 0);
        using HttpClient ada = await servers.PersonAsync("ada");

        using HttpResponseMessage listed = await ada.GetAsync(new Uri(servers.AddressOf(1), "api/v1/agent/folders"), Ct);
        using HttpResponseMessage scanned = await ada.PostAsJsonAsync(new Uri(servers.AddressOf(1), "api/v1/agent/scan"), new { }, Ct);
        using HttpResponseMessage direct = await ada.PostAsync(
            new Uri(servers.AddressOf(0), "between-servers/facility?request=eyIkdHlwZSI6InNjYW4ifQ"), null, Ct);

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized),
            (listed.StatusCode, scanned.StatusCode, direct.StatusCode));
        Assert.Empty(agent.Done);
    }

    private static async Task<IJobLease> WatchAsync(EqualServers servers, int server) =>
        await servers.SiteOf(server).Engine.Leases.TryAcquireAsync(IJobLeases.WatchingFolders, Ct)
        ?? throw new InvalidOperationException("Another server watches folders.");

    private static async Task<JsonElement> RequestAsync(EqualServers servers, int server, string path)
    {
        using HttpResponseMessage answer = await servers.GetAsync(server, path);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>An agent that notes what it is asked to do.</summary>
    private sealed class NotingAgent : IFacilityFolders
    {
        private DateTimeOffset? _until;

        public List<string> Done { get; } = [];

        public bool IsElsewhere { get; init; }

        public IReadOnlyList<FacilityFolder> Folders { get; } =
        [
            new("/data/Krí os/1", FacilityFolderState.Published) { Notices = ["full \"soon\""] },
            new("/data/Krí os/2", FacilityFolderState.Published), new("/data/talos", FacilityFolderState.Waiting),
        ];

        public IReadOnlyList<FacilityParent> Parents { get; } = [new("/data", "nfs", false, [])];

        public Result<Done> Rescan(string folder)
        {
            if (Folders.All(one => one.Folder != folder))
            {
                return ErrorCode.NotFound.With($"{folder} is not watched.");
            }

            Done.Add("poke " + folder);
            return Model.Done.Value;
        }

        public int Scan()
        {
            Done.Add("scan");
            return 7;
        }

        public Task<Result<AdoptionPlan>> PlanAdoptionAsync(string path, string? pattern, bool isStore, CancellationToken ct)
        {
            Done.Add($"plan {path} {pattern}");
            return Task.FromResult<Result<AdoptionPlan>>(new AdoptionPlan(path) { Refusals = ["No."] });
        }

        public Task<Result<int>> ScanAdoptionAsync(string root, CancellationToken ct)
        {
            Done.Add("adopted " + root);
            return Task.FromResult<Result<int>>(1);
        }

        public Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct)
        {
            Done.Add("letter " + folder);
            return Task.FromResult<Result<string>>("Dear Anna");
        }

        public Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct) =>
            Task.FromResult<Result<FacilityRetention>>(new FacilityRetention(_until, null, IsOver: false));

        public Task<Result<FacilityRetention>> KeepAsync(DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct)
        {
            Done.Add($"keep {dataset} by {by}");
            _until = until;
            return FindRetentionAsync(dataset, ct);
        }
    }
}
