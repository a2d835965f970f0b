using System.Text.Json;
using System.Text;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Visits over HTTP: documents, the doors that close at their end, and the same answer for others as without a visit.</summary>
public sealed class VisitTests
{
    [Fact]
    public async Task Every_door_takes_changes_until_the_visit_ends_and_none_afterwards()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);
        string id = (await bob.PostAsync("datasets", new { name = "cm1-1/scan" })).Must(201).Json.GetProperty("id").GetString()!;
        byte[] blob = Blobs.Random(1, 100);
        (await bob.PutAsync($"datasets/{id}/entries/a.txt", "a")).Must(201);
        (await bob.SendAsync(HttpMethod.Put, "/dav/cm1-1/scan/b.txt", new StringContent("b"))).Must(201);
        (await bob.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        string session = await PushTests.StartAsync(bob, id);
        (await bob.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(blob))).Must(200);

        (await server.Admin.PostAsync("visits/cm1-1/end", new { })).Must(200);

        Answer[] late =
        [
            await bob.PutAsync($"datasets/{id}/entries/a.txt", "c"),
            await bob.DeleteAsync($"datasets/{id}/entries/a.txt"),
            await bob.SendAsync(HttpMethod.Put, "/dav/cm1-1/scan/b.txt", new StringContent("c")),
            await bob.SendAsync(new HttpMethod("MKCOL"), "/dav/cm1-1/scan/d", null),
            await bob.SendAsync(new HttpMethod("LOCK"), "/dav/cm1-1/scan/b.txt", null),
            await PushTests.CommitAsync(bob, session, null, PushTests.Put("c.bin", blob)),
            await bob.PostAsync($"datasets/{id}/sessions", new { }),
            await bob.PostAsync($"datasets/{id}/snapshots", new { }),
            await bob.PostAsync($"datasets/{id}/revert", new { at = "1" }),
            await bob.PostAsync($"datasets/{id}/move", new { moves = new[] { new { from = "a.txt", to = "c.txt" } } }),
            await bob.PutJsonAsync($"datasets/{id}/metadata", new { }),
            await bob.PostAsync("runs", new { program = "x", inputs = new[] { new { dataset = id, snapshot = 1 } }, output = id }),
        ];
        Assert.All(late, answer => Assert.True(answer.Status is 403 or 423, $"{answer.Status} {answer.Text}"));
        Assert.Equal("a", (await bob.GetAsync($"datasets/{id}/entries/a.txt")).Must(200).Text);
        (await bob.PostAsync("datasets", new { name = "cm1-1/late" })).Must(409);
        Answer derived = (await bob.PostAsync("datasets", new { name = "own", parents = new[] { new { dataset = id } }, following = true })).Must(201);
        Assert.Equal("bob/own", derived.Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Results_belong_to_the_visit_of_their_inputs_unless_another_owner_is_named()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);
        string id = (await bob.PostAsync("datasets", new { name = "cm1-1/scan" })).Must(201).Json.GetProperty("id").GetString()!;
        object[] parents = [new { dataset = id }];

        Answer derived = (await bob.PostAsync("datasets", new { name = "masks", parents, following = true })).Must(201);
        Answer own = (await bob.PostAsync("datasets", new { name = "bob/masks", parents, following = true })).Must(201);
        Answer alone = (await bob.PostAsync("datasets", new { name = "notes" })).Must(201);

        Assert.Equal("cm1-1/masks", derived.Json.GetProperty("name").GetString());
        Assert.Equal("bob/masks", own.Json.GetProperty("name").GetString());
        Assert.Equal("bob/notes", alone.Json.GetProperty("name").GetString());
        Assert.Equal(30, (derived.Json.GetProperty("expires").GetDateTimeOffset() - derived.Json.GetProperty("created").GetDateTimeOffset()).Days);
    }

    [Fact]
    public async Task A_file_can_be_imported_again_and_its_errors_are_named()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);

        Answer again = await ImportAsync(server.Admin, Document);
        Answer shown = (await bob.GetAsync("visits/cm1-1")).Must(200);

        Assert.Equal(again.Must(200).Json.GetProperty("items")[0].GetProperty("people").ToString(), shown.Json.GetProperty("people").ToString());
        Assert.Equal("20260042", shown.Json.GetProperty("proposal").GetString());
        Assert.Equal("running", shown.Json.GetProperty("state").GetString());
        Assert.Contains("'gone'", again.Json.GetProperty("items")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        (await ImportAsync(bob, Document)).Must(403);
        Assert.Contains("banana", (await ImportAsync(server.Admin, Document + "banana: 1\n")).Must(400).Text, StringComparison.Ordinal);
        Assert.Contains("end", (await ImportAsync(server.Admin, "name: x\nproposal: y\nbegin: 2027-01-01\n")).Must(400).Text, StringComparison.Ordinal);
        (await ImportAsync(server.Admin, Document.Replace("2090", "2001", StringComparison.Ordinal))).Must(400);
        (await ImportAsync(server.Admin, Document + new string('#', 300_000))).Must(413);
        (await ImportAsync(server.Admin, "a: &a [1,1]\nb: &b [*a,*a]\n")).Must(400);
    }

    [Fact]
    public async Task A_file_names_all_rules_of_its_visit_or_none_of_them()
    {
        await using TestServer server = await TestServer.StartAsync();
        await BeamtimeAsync(server);
        (await server.Admin.PostAsync("rules", new { rule = "1 copy where site=other", owner = "admin" })).Must(201);
        (await ImportAsync(server.Admin, Document + "rules: [1 copy where tier=archive, 1 copy where tier=disk]\n")).Must(200);

        (await ImportAsync(server.Admin, Document + "rules: [1 copy where tier=disk, 2 copies where tier=tape]\n")).Must(200);
        string[] changed = await RulesAsync();
        (await ImportAsync(server.Admin, Document)).Must(200);

        Assert.Equal(["1 copy where site=other", "1 copy where tier=disk", "2 copies where tier=tape"], changed);
        Assert.Equal(changed, await RulesAsync());

        async Task<string[]> RulesAsync() =>
        [
            .. (await server.Admin.GetAsync("rules")).Must(200).Json.GetProperty("items").EnumerateArray()
                .Select(static rule => rule.GetProperty("rule").GetString()!).Order(StringComparer.Ordinal),
        ];
    }

    [Fact]
    public async Task A_token_of_a_screen_reads_the_running_visit_of_its_instrument_and_nothing_else()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);
        await ImportAsync(server.Admin, Document.Replace("cm1-1", "cm2-1", StringComparison.Ordinal).Replace("i04", "i03", StringComparison.Ordinal));
        await ImportAsync(server.Admin, Document.Replace("cm1-1", "cm3-1", StringComparison.Ordinal).Replace("2026", "2080", StringComparison.Ordinal));
        var ids = new Dictionary<string, string>();
        foreach ((TestCaller owner, string name) in ((TestCaller, string)[])
            [(bob, "cm1-1/scan"), (bob, "cm2-1/scan"), (bob, "cm3-1/scan"), (bob, "bob/own"), (server.Admin, "admin/own")])
        {
            ids[name] = (await owner.PostAsync("datasets", new { name })).Must(201).Json.GetProperty("id").GetString()!;
            (await owner.PutAsync($"datasets/{ids[name]}/entries/a", "1")).Must(201);
        }

        (await bob.PostAsync("tokens", new { instrument = "i04" })).Must(403);
        (await server.Admin.PostAsync("tokens", new { instrument = "i04", scopes = (string[])["write"] })).Must(400);
        JsonElement made = (await server.Admin.PostAsync("tokens", new { instrument = "i04" })).Must(201).Json;
        TestCaller screen = server.With(made.GetProperty("token").GetString()!);

        JsonElement visit = Assert.Single((await screen.GetAsync("visits?instrument=i04")).Must(200).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(("cm1-1", "[]"), (visit.GetProperty("name").GetString(), visit.GetProperty("people").ToString()));
        Assert.Equal(["cm1-1/scan"], await NamesAsync("datasets"));
        Assert.Equal("i04", (await screen.GetAsync("me")).Must(200).Json.GetProperty("token").GetProperty("instrument").GetString());
        (await screen.GetAsync($"datasets/{ids["cm1-1/scan"]}/entries/a")).Must(200);
        foreach (string other in ids.Keys.Where(static name => name != "cm1-1/scan"))
        {
            (await screen.GetAsync($"datasets/{ids[other]}")).Must(404);
        }

        string own = ids["cm1-1/scan"];
        foreach (Answer refused in (Answer[])
        [
            await screen.PutAsync($"datasets/{own}/entries/b", "2"), await screen.PostAsync($"datasets/{own}/close", new { }),
            await screen.PostAsync("datasets", new { name = "cm1-1/new" }), await screen.PostAsync("datasets", new { name = "new" }),
            await screen.GetAsync("me/mails"), await screen.GetAsync("tokens"), await screen.PostAsync("tokens", new { }),
            await screen.GetAsync("visits/cm1-1"), await screen.GetAsync("visits?all=true"), await screen.GetAsync("visits/cm1-1/notes"),
            await screen.PostAsync("visits/cm1-1/notes", new { text = "x" }), await screen.GetAsync("users"), await screen.GetAsync("live"),
            await screen.GetAsync($"datasets/{own}/activity"), await screen.PostAsync("me/login-link", new { }),
        ])
        {
            Assert.InRange(refused.Status, 403, 404);
        }

        (await bob.PostAsync($"datasets/{own}/close", new { })).Must(403);
        (await server.Admin.PostAsync("visits/cm1-1/end", new { })).Must(200);
        Assert.Empty(await NamesAsync("datasets"));
        (await screen.GetAsync($"datasets/{own}")).Must(404);
        (await server.Admin.DeleteAsync("tokens/" + made.GetProperty("id").GetString())).Must(204);
        (await screen.GetAsync("visits")).MustRefuse(401, "unauthenticated");

        async Task<string[]> NamesAsync(string path) =>
        [
            .. (await screen.GetAsync(path)).Must(200).Json.GetProperty("items").EnumerateArray()
                .Select(static one => one.GetProperty("name").GetString()!),
        ];
    }

    [Fact]
    public async Task Others_get_the_same_answers_about_a_visit_as_about_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);
        TestCaller eve = await server.UserAsync("eve");
        string own = await eve.DatasetAsync("own");
        (await bob.PostAsync("visits/cm1-1/notes", new { text = "Crystal *3*" })).Must(201);

        List<string[]> told = [];
        foreach (string name in (string[])["cm1-1", "no-such"])
        {
            Answer[] answers =
            [
                await eve.GetAsync($"visits/{name}"), await eve.PostAsync($"visits/{name}/end", new { }),
                await eve.PutJsonAsync($"visits/{name}/people/eve", new { }), await eve.DeleteAsync($"visits/{name}/people/bob"),
                await eve.GetAsync($"visits/{name}/notes"), await eve.PostAsync($"visits/{name}/notes", new { text = "x" }),
                await eve.DeleteAsync($"visits/{name}/notes/1"), await eve.GetAsync($"groups/{name}"), await eve.DeleteAsync($"groups/{name}"),
                await eve.PutJsonAsync($"groups/{name}/members/eve", new { }), await eve.PostAsync($"groups/{name}/invites", new { }),
                await eve.GetAsync($"groups/{name}/invites"), await eve.GetAsync($"owners/{name}/quota"),
                await eve.PutJsonAsync($"datasets/{own}/grants/group:{name}", new { right = "read" }),
                await eve.PostAsync($"datasets/{own}/owner", new { owner = name }), await eve.PostAsync("datasets", new { name = name + "/new" }),
                await eve.GetAsync($"datasets?owner={name}"), await eve.GetAsync($"arrivals?owner={name}"), await eve.GetAsync($"runs?owner={name}"),
                await eve.GetAsync($"search?q=owner:{name}"), await eve.SendAsync(new HttpMethod("PROPFIND"), $"/dav/{name}/", null),
                await eve.GetAsync($"datasets/resolve?name={name}/scan"),
            ];
            told.Add([.. answers.Select(answer => $"{answer.Status} {Stable(answer.Text, name)}")]);
        }

        Assert.Equal(told[1], told[0]);
        Assert.DoesNotContain("cm1-1", (await eve.GetAsync("groups")).Must(200).Text, StringComparison.Ordinal);
        Assert.Equal("[]", (await eve.GetAsync("visits")).Must(200).Json.GetProperty("items").ToString());
        (await server.Nobody.GetAsync("visits/cm1-1")).Must(401);
        (await server.Nobody.GetAsync("visits")).Must(401);
        (await bob.PostAsync("visits/cm1-1/notes", new { text = "x", dataset = own })).Must(404);
    }

    [Fact]
    public async Task A_note_pins_an_existing_file_and_names_it_only_to_users_with_the_right_to_list_files()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await BeamtimeAsync(server);
        TestCaller carl = await server.UserAsync("carl");
        (await server.Admin.PutJsonAsync("visits/cm1-1/people/carl", new { })).Must(200);
        string own = await bob.DatasetAsync("own");
        (await bob.PutAsync($"datasets/{own}/entries/raw/000002", "frame")).Must(201);
        (await bob.PutJsonAsync($"datasets/{own}/grants/user:carl", new { right = "view" })).Must(200);

        foreach ((string path, int status) in new[] { ("raw/000003", 404), ("raw", 404), ("raw/0", 404), ("../x", 400), ("raw/000002", 201) })
        {
            (await bob.PostAsync("visits/cm1-1/notes", new { text = path, dataset = own, path })).Must(status);
        }

        (await carl.PostAsync("visits/cm1-1/notes", new { text = "x", dataset = own, path = "raw/000002" })).Must(403);
        (await bob.PostAsync("visits/cm1-1/notes", new { text = "x", path = "raw/000002" })).Must(400);

        Assert.Equal("raw/000002", (await NoteAsync(bob)).GetProperty("path").GetString());
        Assert.Equal("bob/own", (await NoteAsync(carl)).GetProperty("datasetName").GetString());
        Assert.False((await NoteAsync(carl)).TryGetProperty("path", out _));

        static async Task<JsonElement> NoteAsync(TestCaller caller) =>
            Assert.Single((await caller.GetAsync("visits/cm1-1/notes")).Must(200).Json.GetProperty("items").EnumerateArray());
    }

    private const string Document = """
        name: cm1-1
        title: Inhibitors
        proposal: 20260042
        instrument: i04
        begin: 2026-01-01T00:00:00Z
        end: 2090-01-01T00:00:00Z
        keepDays: 30
        people:
          - {user: bob}
          - {user: gone, role: principal-investigator}
        samples: [{name: lyso-1}, {name: 0042}]

        """;

    /// <summary>A running visit of bob.</summary>
    private static async Task<TestCaller> BeamtimeAsync(TestServer server)
    {
        TestCaller bob = await server.UserAsync("bob");
        (await ImportAsync(server.Admin, Document)).Must(200);
        return bob;
    }

    private static Task<Answer> ImportAsync(TestCaller caller, string file) =>
        caller.SendAsync(HttpMethod.Post, "visits/import", new StringContent(file, Encoding.UTF8, "application/yaml"));

    /// <summary>An answer without the name that was asked for, and without what differs from one request to the next.</summary>
    private static string Stable(string text, string name) => System.Text.RegularExpressions.Regex.Replace(
        text.Replace(name, "NAME", StringComparison.Ordinal), "\"(request|requestId|instance|traceId|took[A-Za-z]*)\":(\"[^\"]*\"|[0-9.]+)", "");
}
