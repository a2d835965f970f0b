using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Security;

/// <summary>
/// What a search finds, counts and sorts is what its caller may see, whoever that is and however rights came about; by names of files it is
/// found by those who may list these, by people by those who may know of them.
/// </summary>
public sealed class SearchRightsTests : IAsyncDisposable
{
    private const int Datasets = 10;
    private const int Rounds = 4;

    private static readonly DateTimeOffset Never = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ShiftedTime _time = new();
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
        await ShareAsync(ada);
        for (int round = 0; round < Rounds; round++)
        {
            // The first looks at what was shared for it; the others at whatever comes of chance.
            for (int change = 0; round > 0 && change < Datasets; change++)
            {
                await ChangeAsync(ada, _ids[random.Next(Datasets)], random);
            }

            foreach ((string name, TestCaller caller) in _callers)
            {
                string where = $"seed {seed}, round {round}, {name}";
                int[] seen = await SeenAsync(caller);
                await MustCountAsync(caller, seen, where);
                await MustOrderAsync(caller, seen, where);
                await MustFindFilesAsync(caller, seen, where);
                await MustFindPeopleAsync(caller, seen, where);
            }
        }
    }

    private async Task MakeAsync(TestCaller ada)
    {
        TestCaller bob = await _server!.UserAsync("bob");
        (await _server.Admin.PatchAsync("users/ada", new { displayName = "Augusta King" })).Must(200);
        (await _server.Admin.PatchAsync("users/bob", new { displayName = "Roberto King" })).Must(200);
        (await ada.PostAsync("groups", new { name = "lab" })).Must(201);
        (await ada.PutJsonAsync("groups/lab/members/bob", new { manager = false })).Must(200);
        for (int i = 0; i < Datasets; i++)
        {
            string id = (await ada.PostAsync("datasets", new { name = (i % 5 == 0 ? "lab/" : "") + $"scan-{i}", type = "mx/rotation" })).Must(201)
                .Json.GetProperty("id").GetString()!;
            (await ada.PutJsonAsync($"datasets/{id}/metadata", new { sample = $"s{i}", wavelength = 1 + i })).Must(204);
            (await ada.PutAsync($"datasets/{id}/entries/Plates_1/{FileWord(i)}-001.cbf", "frame")).Must(201);
            (await ada.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
            _ids.Add(id);
        }

        Answer viewLink = (await ada.PostAsync($"datasets/{_ids[3]}/links", new { right = "view", expiresIn = 1_000_000 })).Must(201);
        Answer link = (await ada.PostAsync($"datasets/{_ids[1]}/links", new { right = "read", expiresIn = 1_000_000 })).Must(201);
        _callers.AddRange(
        [
            ("nobody", _server.Nobody), ("owner", ada), ("member", bob), ("stranger", await _server.UserAsync("eve")),
            ("link", _server.With(link.Json.GetProperty("token").GetString()!)), ("admin", _server.Admin),
            ("link to view", _server.With(viewLink.Json.GetProperty("token").GetString()!)),
            ("member that reads", await TokenAsync(bob, new { scopes = new[] { "read" } })),
            ("admin without the scope", await TokenAsync(_server.Admin, new { scopes = new[] { "read" } })),
            ("restricted", await TokenAsync(ada, new { scopes = new[] { "read" }, dataset = _ids[2] })),
            ("no reading", await TokenAsync(_server.Admin, new { scopes = new[] { "work" } })),
        ]);
        foreach (string role in (string[])["operator", "site-admin", "auditor"])
        {
            Answer user = (await _server.Admin.PostAsync("users", new { name = "is-" + role, roles = new[] { role } })).Must(201);
            _callers.Add((role, _server.With(user.Json.GetProperty("token").GetString()!)));
            _callers.Add((role + " that only administers", await TokenAsync(_callers[^1].Caller, new { scopes = new[] { "admin" } })));
        }

        (await ada.PutJsonAsync("groups/lab/members/is-site-admin", new { manager = false })).Must(200);
    }

    /// <summary>Rights of each kind, to somebody, to a member of the group that owns, and to a group.</summary>
    private async Task ShareAsync(TestCaller ada)
    {
        DateTimeOffset soon = _time.GetUtcNow().AddHours(1);
        (int Dataset, string Who, string Right, DateTimeOffset? After)[] rights =
        [
            (0, "user:eve", "view", null), (1, "user:eve", "view", null), (2, "user:eve", "read", null), (3, "user:bob", "manage", null),
            (3, "user:eve", "read", null), (4, "group:lab", "view", null), (5, "user:eve", "read", null), (6, "group:lab", "read", null),
            (7, "user:eve", "view", null), (4, "user:bob", "read", soon), (8, "user:is-site-admin", "read", null), (9, "user:eve", "read", soon),
        ];
        foreach ((int dataset, string who, string right, DateTimeOffset? after) in rights)
        {
            (await ada.PutJsonAsync($"datasets/{_ids[dataset]}/grants/{who}", new { right, after })).Must(200);
        }
    }

    /// <summary>One change of what others may see; a refused one (a right that is not there is withdrawn) changes nothing.</summary>
    private async Task ChangeAsync(TestCaller ada, string id, Random random)
    {
        DateTimeOffset soon = _time.GetUtcNow().AddHours(1);
        string who = random.Next(4) switch { 0 => "user:eve", 1 => "group:lab", 2 => "user:bob", _ => "public" };
        string right = random.Next(3) switch { 0 => "view", 1 => "read", _ => "manage" };
        _ = random.Next(10) switch
        {
            0 => await ada.PatchAsync("datasets/" + id, new { visibility = "public" }),
            1 => await ada.PatchAsync("datasets/" + id, new { visibility = "private" }),
            2 => await ada.PatchAsync("datasets/" + id, new { visibility = "public", publicAfter = random.Next(2) == 0 ? soon : Never }),
            3 => await ada.PutJsonAsync($"datasets/{id}/grants/{who}", new { right }),
            4 => await ada.PutJsonAsync($"datasets/{id}/grants/{who}", new { right, after = random.Next(2) == 0 ? soon : Never }),
            5 => await ada.DeleteAsync($"datasets/{id}/grants/{who}"),
            6 => await ada.DeleteAsync("datasets/" + id),
            7 => await ada.PostAsync($"datasets/{id}/restore", new { }),
            8 => await ada.PutJsonAsync("groups/lab/members/bob", new { manager = random.Next(2) == 0 }),
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

    /// <summary>Words of names of files find, and count, where the one authorization point lets the caller list files.</summary>
    private async Task MustFindFilesAsync(TestCaller caller, int[] seen, string where)
    {
        var listed = new List<int>();
        foreach (int i in seen)
        {
            if ((await caller.GetAsync($"datasets/{_ids[i]}/tree")).Status == 200)
            {
                listed.Add(i);
            }
        }

        Assert.True(listed.SequenceEqual(await FoundAsync(caller, "drop")), where + ": files");
        Assert.True(listed.SequenceEqual(await FoundAsync(caller, "PLATES rotation")), where + ": folders");
        Assert.Equal(listed.Count, (await caller.GetAsync("search/facets?q=drop")).Must(200).Json.GetProperty("found").GetInt32());
        int one = seen.Length > 0 ? seen[^1] : 0;
        Assert.True(listed.Where(i => i == one).SequenceEqual(await FoundAsync(caller, FileWord(one))), where + ": one file");
    }

    /// <summary>
    /// Names of people find what these own, or what is shared with them, where the caller is shown their full names, who is in a group, and
    /// whom a dataset is shared with.
    /// </summary>
    private async Task MustFindPeopleAsync(TestCaller caller, int[] seen, string where)
    {
        var shared = new Dictionary<int, string[]>();
        foreach (int i in seen)
        {
            Answer grants = await caller.GetAsync($"datasets/{_ids[i]}/grants");
            shared.Add(i, grants.Status != 200 ? [] :
                [.. grants.Json.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("principal").GetString()!.Split(':')[^1])]);
        }

        Answer group = await caller.GetAsync("groups/lab");
        string[] members = group.Status != 200 ? [] :
            [.. group.Json.GetProperty("members").EnumerateArray().Select(one => one.GetProperty("user").GetString()!)];
        var fullNames = new Dictionary<string, string>();
        foreach (string user in (string[])["ada", "bob", "eve", "is-site-admin"])
        {
            Answer account = await caller.GetAsync("users/" + user);
            fullNames.Add(user, account.Status == 200 && account.Json.TryGetProperty("displayName", out JsonElement name) ? name.GetString()! : "");
        }

        foreach (string word in (string[])["augusta", "Roberto", "king", "bob", "eve"])
        {
            bool IsCalled(string user) => fullNames[user].Split(' ').Any(part => part.StartsWith(word, StringComparison.OrdinalIgnoreCase));
            string[] known =
            [
                .. fullNames.Keys.Where(IsCalled),
                .. members.Any(user => user == word || IsCalled(user)) ? (string[])["lab"] : [],
            ];
            IEnumerable<int> expected = seen.Where(i =>
                known.Contains(i % 5 == 0 ? "lab" : "ada") || shared[i].Any(who => who == word || known.Contains(who)));
            int[] found = await FoundAsync(caller, word);
            Assert.True(expected.SequenceEqual(found), $"{where}: {word} finds {string.Join(' ', found)}");
        }
    }

    private static string FileWord(int i) => $"Drop{(char)('a' + i)}x";

    private async Task<int[]> FoundAsync(TestCaller caller, string query) =>
    [
        .. (await caller.GetAsync("search?limit=100&q=" + Uri.EscapeDataString(query))).Must(200).Json.GetProperty("items").EnumerateArray()
            .Select(item => _ids.IndexOf(item.GetProperty("id").GetString()!)).Order(),
    ];

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
