using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>What a search finds, counts and sorts is what its caller may see, whoever that is and however rights came about.</summary>
public sealed class SearchRightsTests : IAsyncDisposable
{
    private const int Datasets = 10;
    private const int Rounds = 4;

    private static readonly DateTimeOffset Never = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly JumpingTime _time = new();
    private readonly List<string> _ids = [];
    private readonly List<(string Name, TestCaller Caller)> _callers = [];
    private TestServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Counts_and_orders_tell_nothing_of_what_the_caller_may_not_see()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        _server = await TestServer.StartAsync(time: _time);
        TestCaller ada = await _server.UserAsync("ada");
        await MakeAsync(ada);
        for (int round = 0; round < Rounds; round++)
        {
            for (int change = 0; change < Datasets; change++)
            {
                await ChangeAsync(ada, _ids[random.Next(Datasets)], random);
            }

            foreach ((string name, TestCaller caller) in _callers)
            {
                string where = $"seed {seed}, round {round}, {name}";
                int[] seen = await SeenAsync(caller);
                await MustCountAsync(caller, seen, where);
                await MustOrderAsync(caller, seen, where);
            }
        }
    }

    private async Task MakeAsync(TestCaller ada)
    {
        TestCaller bob = await _server!.UserAsync("bob");
        (await ada.PostAsync("groups", new { name = "lab" })).Must(201);
        (await ada.PutJsonAsync("groups/lab/members/bob", new { manager = false })).Must(200);
        for (int i = 0; i < Datasets; i++)
        {
            string id = (await ada.PostAsync("datasets", new { name = (i % 5 == 0 ? "lab/" : "") + $"scan-{i}", type = "mx/rotation" })).Must(201)
                .Json.GetProperty("id").GetString()!;
            (await ada.PutJsonAsync($"datasets/{id}/metadata", new { sample = $"s{i}", wavelength = 1 + i })).Must(204);
            _ids.Add(id);
        }

        Answer link = (await ada.PostAsync($"datasets/{_ids[1]}/links", new { right = "read", expiresIn = 1_000_000 })).Must(201);
        _callers.AddRange(
        [
            ("nobody", _server.Nobody), ("owner", ada), ("member", bob), ("stranger", await _server.UserAsync("eve")),
            ("link", _server.With(link.Json.GetProperty("token").GetString()!)), ("admin", _server.Admin),
            ("admin without the scope", await TokenAsync(_server.Admin, new { scopes = new[] { "read" } })),
            ("restricted", await TokenAsync(ada, new { scopes = new[] { "read" }, dataset = _ids[2] })),
            ("no reading", await TokenAsync(_server.Admin, new { scopes = new[] { "work" } })),
        ]);
        foreach (string role in (string[])["operator", "site-admin", "auditor"])
        {
            Answer user = (await _server.Admin.PostAsync("users", new { name = "is-" + role, roles = new[] { role } })).Must(201);
            _callers.Add((role, _server.With(user.Json.GetProperty("token").GetString()!)));
        }
    }

    /// <summary>One change of what others may see; a refused one (a right that is not there is withdrawn) changes nothing.</summary>
    private async Task ChangeAsync(TestCaller ada, string id, Random random)
    {
        DateTimeOffset soon = _time.GetUtcNow().AddHours(1);
        string who = random.Next(3) switch { 0 => "user:eve", 1 => "group:lab", _ => "user:bob" };
        _ = random.Next(9) switch
        {
            0 => await ada.PatchAsync("datasets/" + id, new { visibility = "public" }),
            1 => await ada.PatchAsync("datasets/" + id, new { visibility = "private" }),
            2 => await ada.PatchAsync("datasets/" + id, new { visibility = "public", publicAfter = random.Next(2) == 0 ? soon : Never }),
            3 => await ada.PutJsonAsync($"datasets/{id}/grants/{who}", new { right = "view" }),
            4 => await ada.PutJsonAsync($"datasets/{id}/grants/{who}", new { right = "read", after = random.Next(2) == 0 ? soon : Never }),
            5 => await ada.DeleteAsync($"datasets/{id}/grants/{who}"),
            6 => await ada.DeleteAsync("datasets/" + id),
            7 => await ada.PostAsync($"datasets/{id}/restore", new { }),
            _ => Jump(),
        };
    }

    private Answer? Jump()
    {
        _time.Jump(TimeSpan.FromHours(2));
        return null;
    }

    /// <summary>The numbers of the datasets that the one authorization point shows to a caller, and that are not in the trash.</summary>
    private async Task<int[]> SeenAsync(TestCaller caller)
    {
        var seen = new List<int>();
        for (int i = 0; i < Datasets; i++)
        {
            Answer answer = await caller.GetAsync("datasets/" + _ids[i]);
            if (answer.Status == 200 && answer.Json.GetProperty("state").GetString() == "open")
            {
                seen.Add(i);
            }
        }

        return [.. seen];
    }

    private static async Task MustCountAsync(TestCaller caller, int[] seen, string where)
    {
        JsonElement counted = (await caller.GetAsync("search/facets?q=type%3Amx")).Must(200).Json;

        Assert.True(seen.Length == counted.GetProperty("found").GetInt32(), where);
        Dictionary<string, JsonElement> facets =
            counted.GetProperty("facets").EnumerateArray().ToDictionary(facet => facet.GetProperty("name").GetString()!);
        Assert.True(seen.Length > 0 || facets.Count == 0, where);
        if (seen.Length > 0)
        {
            Assert.True(seen.Select(i => $"s{i}").Order().SequenceEqual(ValuesOf(facets["sample"]).Keys.Order()), where);
            Dictionary<string, int> owners = ValuesOf(facets["owner"]);
            Assert.True(seen.Count(i => i % 5 == 0) == owners.GetValueOrDefault("lab"), where);
            Assert.True(seen.Count(i => i % 5 != 0) == owners.GetValueOrDefault("ada"), where);
            Assert.True(seen.Length == ValuesOf(facets["visibility"]).Values.Sum(), where);
            Assert.Equal(1 + seen.Min(), facets["wavelength"].GetProperty("least").GetDouble(), 1e-9);
            Assert.Equal(1 + seen.Max(), facets["wavelength"].GetProperty("greatest").GetDouble(), 1e-9);
        }
    }

    private static async Task MustOrderAsync(TestCaller caller, int[] seen, string where)
    {
        var slugs = new List<string>();
        string? next = null;
        do
        {
            JsonElement page = (await caller.GetAsync("search?sort=-wavelength&limit=4" + (next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))))
                .Must(200).Json;
            slugs.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!));
            next = page.TryGetProperty("next", out JsonElement more) ? more.GetString() : null;
        }
        while (next is not null && slugs.Count <= Datasets);

        Assert.True(seen.Reverse().Select(i => $"scan-{i}").SequenceEqual(slugs), $"{where}: {string.Join(' ', slugs)}");
    }

    private static Dictionary<string, int> ValuesOf(JsonElement facet) => facet.GetProperty("values").EnumerateArray()
        .ToDictionary(value => value.GetProperty("value").GetString()!, value => value.GetProperty("datasets").GetInt32());

    private async Task<TestCaller> TokenAsync(TestCaller of, object wanted) =>
        _server!.With((await of.PostAsync("tokens", wanted)).Must(201).Json.GetProperty("token").GetString()!);
}
