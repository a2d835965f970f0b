using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Contracts.Rest;
using Hutch.Model;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Api.Tests.Security;

/// <summary>Keys that their holder narrowed, at the doors of one server.</summary>
public sealed class NarrowedKeyTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private NarrowedToken _root = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ada = await _server.UserAsync("ada");
        _id = await _ada.DatasetAsync("data");
        foreach (string path in (string[])["raw/a", "raw/deep/b", "raws", "secret", "other/c"])
        {
            (await _ada.PutAsync($"datasets/{_id}/entries/{path}", "content of " + path)).Must(201);
        }

        (await _ada.PostAsync($"datasets/{_id}/snapshots", new { })).Must(201);
        Answer made = (await _ada.PostAsync("tokens", new { narrowable = true, scopes = (string[])["read", "write", "manage"] })).Must(201);
        _root = NarrowedToken.Parse(made.Json.GetProperty("token").GetString()!).Value;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_narrowable_token_is_a_token_and_an_older_one_cannot_be_narrowed()
    {
        TestCaller whole = _server.With(_root.Text);

        Assert.Equal("ada", (await whole.GetAsync("me")).Must(200).Json.GetProperty("user").GetString());
        Assert.Equal("content of secret", (await whole.GetAsync($"datasets/{_id}/entries/secret")).Must(200).Text);
        Assert.False(NarrowedToken.IsOne(_ada.Token));
        (await _ada.PostAsync("tokens", new { narrowable = true, scopes = (string[])["admin"] })).MustRefuse(400, "bad-request");
        (await whole.PostAsync("tokens", new { })).MustRefuse(403, "scope-missing");
    }

    [Fact]
    public async Task One_request_makes_a_key_of_a_folder_whose_restriction_stays()
    {
        object wanted = new { narrowable = true, dataset = "data", folder = "raw", scopes = (string[])["read"] };
        Answer made = (await _ada.PostAsync("tokens", wanted)).Must(201);
        NarrowedToken key = NarrowedToken.Parse(made.Json.GetProperty("token").GetString()!).Value;

        Assert.Equal($"folder={_id}/raw", Encoding.UTF8.GetString(Assert.Single(key.Blocks).ToBytes()));
        (await _server.With(key.Text).GetAsync($"datasets/{_id}/entries/raw/a")).Must(200);
        (await _server.With(key.Text).GetAsync($"datasets/{_id}/entries/secret")).Must(404);
        (await _ada.PostAsync("tokens", new { narrowable = true, folder = "raw" })).MustRefuse(400, "bad-request");
        (await _ada.PostAsync("tokens", new { dataset = "data", folder = "raw" })).MustRefuse(400, "bad-request");
        (await _ada.PostAsync("tokens", new { narrowable = true, dataset = "data", folder = "a/../b" })).MustRefuse(400, "invalid-path");
    }

    [Fact]
    public async Task Each_operation_checks_the_folder_or_refuses_the_key()
    {
        TestCaller key = Folder("raw");
        List<string> refused = [];
        foreach (RestCall call in AllCalls().Where(static call => call.Folder == KeyOfFolder.Refused))
        {
            string path = string.Join('/', call.Pattern[1..].Split('/').Select(part => part switch
            {
                "{id}" => _id,
                "{**path}" => "raw/a",
                ['{', ..] => "1",
                _ => part,
            }));
            Answer answer = await key.SendAsync(new HttpMethod(call.Method), path, null);
            if (answer.Status != 403 || (call.Method != "HEAD" && !answer.Text.Contains("narrowed-key", StringComparison.Ordinal)))
            {
                refused.Add($"{call.Method} {call.Pattern} answered {answer.Status}");
            }
        }

        Assert.Empty(refused);
    }

    [Fact]
    public void The_operations_that_a_key_of_a_folder_can_use_are_those_that_were_reviewed() => Assert.Equal(
        """
        DELETE /datasets/{id}/entries/{**path}
        DELETE /sessions/{sid}
        GET /
        GET /datasets/resolve
        GET /datasets/{id}
        GET /datasets/{id}/entries/{**path}
        GET /datasets/{id}/files
        GET /datasets/{id}/tree
        GET /datasets/{id}/tree/lines
        GET /me
        GET /sessions/{sid}
        HEAD /datasets/{id}/entries/{**path}
        HEAD /sessions/{sid}/blobs/{key}
        PATCH /sessions/{sid}/blobs/{key}
        POST /datasets/{id}/fetch
        POST /datasets/{id}/move
        POST /datasets/{id}/remove
        POST /datasets/{id}/sessions
        POST /sessions/{sid}/blobs
        POST /sessions/{sid}/commit
        POST /sessions/{sid}/negotiate
        PUT /datasets/{id}/entries/{**path}
        """,
        string.Join('\n', AllCalls().Where(static call => call.Folder != KeyOfFolder.Refused)
            .Select(static call => $"{call.Method} {call.Pattern}").Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("secret")]
    [InlineData("raws")]
    [InlineData("other/c")]
    [InlineData("nothing/here")]
    [InlineData(".hutch/virtual/data.nxs")]
    public async Task A_path_outside_of_the_folder_gets_the_answer_of_a_missing_path(string path)
    {
        TestCaller key = Folder("raw");
        string Missing(string at) => $"There is no '{at}' in this version of the dataset.";

        Assert.Equal(Missing(path), (await key.GetAsync($"datasets/{_id}/entries/{path}")).MustRefuse(404, "not-found").Json.GetProperty("detail").GetString());
        Assert.Equal(Missing(path), (await key.GetAsync($"datasets/{_id}/entries/{path}?at=1")).MustRefuse(404, "not-found").Json.GetProperty("detail").GetString());
        Assert.Equal(Missing("raw/no"), (await key.GetAsync($"datasets/{_id}/entries/raw/no")).MustRefuse(404, "not-found").Json.GetProperty("detail").GetString());
        (await key.HeadAsync($"datasets/{_id}/entries/{path}")).Must(404);
        (await key.GetAsync($"datasets/{_id}/entries/raw/a?bin=2")).MustRefuse(403, "narrowed-key");
        Answer put = (await key.PutAsync($"datasets/{_id}/entries/{path}", "x")).MustRefuse(403, "narrowed-key");
        (await key.DeleteAsync($"datasets/{_id}/entries/{path}")).MustRefuse(403, "narrowed-key");
        (await key.PostAsync($"datasets/{_id}/move", new { moves = new[] { new { from = "raw/a", to = path + "/x" } } })).MustRefuse(403, "narrowed-key");
        (await key.PostAsync($"datasets/{_id}/move", new { moves = new[] { new { from = path, to = "raw/x" } } })).MustRefuse(403, "narrowed-key");
        (await key.PostAsync($"datasets/{_id}/remove", new { paths = new[] { path } })).MustRefuse(403, "narrowed-key");
        Assert.DoesNotContain("content", put.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_folder_a_key_reads_writes_moves_and_removes()
    {
        TestCaller key = Folder("raw");

        Assert.Equal("content of raw/deep/b", (await key.GetAsync($"datasets/{_id}/entries/raw/deep/b")).Must(200).Text);
        (await key.PutAsync($"datasets/{_id}/entries/raw/new", "new")).Must(201);
        (await key.PostAsync($"datasets/{_id}/move", new { moves = new[] { new { from = "raw/new", to = "raw/moved" } } })).Must(201);
        Assert.Equal("new", (await key.GetAsync($"datasets/{_id}/entries/raw/moved")).Must(200).Text);
        (await key.PostAsync($"datasets/{_id}/remove", new { paths = new[] { "raw/moved" } })).Must(201);
        (await key.DeleteAsync($"datasets/{_id}/entries/raw/a")).Must(204);
        Assert.Equal("content of secret", (await _ada.GetAsync($"datasets/{_id}/entries/secret")).Must(200).Text);
    }

    [Theory]
    [InlineData("", "raw/")]
    [InlineData("r", "raw/")]
    [InlineData("raw", "raw/")]
    [InlineData("raw/", "raw/deep/")]
    [InlineData("raw/deep/", "raw/deep/b")]
    [InlineData("raws", "")]
    [InlineData("other/", "")]
    [InlineData(".hutch/", "")]
    public async Task A_listing_shows_the_folder_and_those_above_it_without_their_other_entries(string prefix, string delimited)
    {
        TestCaller key = Folder("raw/deep");
        string query = "prefix=" + Uri.EscapeDataString(prefix);

        JsonElement page = (await key.GetAsync($"datasets/{_id}/tree?delimiter=/&{query}")).Must(200).Json;
        Assert.Equal(delimited, string.Join(' ', page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("path").GetString())
            .Concat(page.GetProperty("prefixes").EnumerateArray().Select(static item => item.GetString())).Distinct()));
        bool isAbove = "raw/deep/".StartsWith(prefix, StringComparison.Ordinal);
        foreach (string list in (string[])["tree?", "tree?contains=&", "tree?contains=b&", "tree/lines?", "files?", "files?at=1&"])
        {
            string text = (await key.GetAsync($"datasets/{_id}/{list}{query}")).Must(200).Text;
            Assert.Equal(isAbove, text.Contains("raw/deep/b", StringComparison.Ordinal));
            Assert.DoesNotMatch("raw/a|raws|secret|other|hutch", text);
        }
    }

    [Fact]
    public async Task A_push_and_a_fetch_stay_in_the_folder()
    {
        TestCaller key = Folder("raw");
        string hash = BlobHash.Compute(Encoding.UTF8.GetBytes("content of secret")).ToString();
        string inside = BlobHash.Compute(Encoding.UTF8.GetBytes("content of raw/a")).ToString();

        (await key.PostLinesAsync($"datasets/{_id}/fetch?at=1", new { hash = inside, path = "raw/a" })).Must(200);
        (await key.PostLinesAsync($"datasets/{_id}/fetch", new { hash = inside, path = "raw/a" })).Must(200);
        foreach (object wanted in (object[])[hash, inside, new { hash, path = "secret" }, new { hash, path = "raw/a" }, new { hash = inside, path = "secret" }])
        {
            (await key.PostLinesAsync($"datasets/{_id}/fetch?at=1", wanted)).MustRefuse(404, "not-found");
            (await key.PostLinesAsync($"datasets/{_id}/fetch", wanted)).MustRefuse(404, "not-found");
        }

        string sid = (await key.PostAsync($"datasets/{_id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        Answer negotiated = (await key.PostLinesAsync($"sessions/{sid}/negotiate", new { hash, size = 17 })).Must(200);
        Assert.Contains(hash, negotiated.Text, StringComparison.Ordinal);
        var stolen = new { op = "put", path = "raw/stolen", kind = "file", hash, size = 17 };
        (await PushTests.CommitAsync(key, sid, 1, stolen)).MustRefuse(422, "blob-not-nameable");
        (await PushTests.CommitAsync(key, sid, 1, new { op = "delete", path = "secret" })).MustRefuse(403, "narrowed-key");
        (await PushTests.CommitAsync(key, sid, 1, new { op = "delete", path = "raw/a" })).Must(200);
    }

    /// <summary>A push knows the blobs that its key could read.</summary>
    [Fact]
    public async Task A_key_of_a_folder_continues_no_push_of_another_key()
    {
        string sid = (await _ada.PostAsync($"datasets/{_id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        string hash = BlobHash.Compute("content of secret"u8).ToString();
        (await _ada.PostLinesAsync($"sessions/{sid}/negotiate", new { hash, size = 17 })).Must(200);

        (await Folder("raw").GetAsync($"sessions/{sid}")).MustRefuse(404, "not-found");
        (await Folder("raw").PostLinesAsync($"sessions/{sid}/commit", new { op = "put", path = "raw/x", hash, size = 17 }))
            .MustRefuse(404, "not-found");

        string own = (await Folder("raw").PostAsync($"datasets/{_id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        (await Folder("raw").GetAsync($"sessions/{own}")).Must(200);
        (await Folder("raw/deep").GetAsync($"sessions/{own}")).MustRefuse(404, "not-found");
        (await _ada.GetAsync($"sessions/{own}")).Must(200);
    }

    [Fact]
    public async Task WebDAV_shows_the_folder_only()
    {
        TestCaller key = Folder("raw");

        string top = (await PropFindAsync(key, "/dav/ada/data/")).Must(207).Text;
        Assert.Contains("/dav/ada/data/raw/", top, StringComparison.Ordinal);
        Assert.DoesNotMatch("secret|raws|other", top);
        Assert.Contains("/dav/ada/data", (await PropFindAsync(key, "/dav/ada/")).Must(207).Text, StringComparison.Ordinal);
        Assert.Equal("content of raw/a", (await key.GetAsync("/dav/ada/data/raw/a")).Must(200).Text);
        (await key.GetAsync("/dav/ada/data/secret")).Must(404);
        (await PropFindAsync(key, "/dav/ada/data/other/")).Must(404);
        (await key.PutAsync("/dav/ada/data/raw/w", "w")).Must(201);
        (await key.PutAsync("/dav/ada/data/w", "w")).MustRefuse(403, "narrowed-key");
        (await key.DeleteAsync("/dav/ada/data/secret")).Must(403);
        (await key.SendAsync(new HttpMethod("MOVE"), "/dav/ada/data/raw/w", null, ("Destination", _server.Address + "dav/ada/data/w"))).Must(403);
        (await key.SendAsync(new HttpMethod("COPY"), "/dav/ada/data/secret", null, ("Destination", _server.Address + "dav/ada/data/raw/s"))).Must(404);
        (await key.SendAsync(new HttpMethod("MKCOL"), "/dav/ada/data/new", null)).Must(403);
        (await key.SendAsync(new HttpMethod("LOCK"), "/dav/ada/data/secret", null)).Must(403);
        (await key.SendAsync(new HttpMethod("MOVE"), "/dav/ada/data/raw/w", null, ("Destination", _server.Address + "dav/ada/data/raw/v"))).Must(201);
        Assert.Equal("w", (await key.GetAsync("/dav/ada/data/raw/v")).Must(200).Text);
    }

    [Fact]
    public async Task A_description_for_a_folder_has_no_totals_of_the_dataset()
    {
        JsonElement seen = (await Folder("raw").GetAsync($"datasets/{_id}")).Must(200).Json;
        JsonElement named = (await Folder("raw").GetAsync("datasets/resolve?name=ada/data")).Must(200).Json;

        Assert.All((JsonElement[])[seen, named], one => Assert.Equal(("data", 0L, 0L), (
            one.GetProperty("slug").GetString()!, one.GetProperty("files").GetInt64(), one.GetProperty("bytes").GetInt64())));
    }

    [Fact]
    public async Task Doors_times_sites_scopes_and_datasets_restrict_a_key()
    {
        string file = $"datasets/{_id}/entries/secret";
        string other = await _ada.DatasetAsync("other");
        DateTimeOffset now = DateTimeOffset.UtcNow;

        (await Key(new() { Scopes = TokenScopes.Write }).GetAsync(file)).MustRefuse(403, "scope-missing");
        (await Key(new() { Scopes = TokenScopes.Read }).PutAsync(file, "x")).MustRefuse(403, "scope-missing");
        (await Key(new() { Doors = TokenDoors.S3 }).GetAsync(file)).MustRefuse(403, "narrowed-key");
        (await Key(new() { Doors = TokenDoors.Rest }).GetAsync("/dav/ada/data/secret")).MustRefuse(403, "narrowed-key");
        (await Key(new() { Doors = TokenDoors.Rest }).GetAsync(file)).Must(200);
        (await Key(new() { Until = now.AddMinutes(-1) }).GetAsync(file)).MustRefuse(401, "unauthenticated");
        (await Key(new() { From = now.AddMinutes(5) }).GetAsync(file)).MustRefuse(401, "unauthenticated");
        (await Key(new() { Until = now.AddMinutes(5) }).GetAsync(file)).Must(200);
        (await Key(new() { Sites = ["0000000000000000"] }).GetAsync(file)).MustRefuse(401, "unauthenticated");
        (await Key(new() { Sites = [_root.Zone] }).GetAsync(file)).Must(200);
        TestCaller one = Key(new() { Datasets = [new DatasetId(Guid.Parse(other))] });
        (await one.GetAsync(file)).MustRefuse(404, "not-found");
        (await one.GetAsync("datasets/" + other)).Must(200);
        Assert.DoesNotContain(_id, (await one.GetAsync("datasets")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_narrowed_key_makes_no_credential_and_no_share()
    {
        TestCaller key = Key(new() { Until = DateTimeOffset.UtcNow.AddHours(1) });

        (await key.PostAsync($"datasets/{_id}/links", new { right = "read" })).MustRefuse(403, "narrowed-key");
        (await key.PutJsonAsync($"datasets/{_id}/grants/user:bob", new { right = "read" })).Must(403);
        (await key.PostAsync("steps", new { inputs = Array.Empty<string>(), output = _id, expiresIn = 60 })).Must(403);
        (await key.PostAsync("tokens", new { })).Must(403);
        (await key.PostAsync("tokens/exchange", new { site = "nowhere" })).Must(403);
        (await key.PostAsync("me/login-link", new { })).Must(403);
        (await key.GetAsync("tokens")).Must(403);
        (await key.DeleteAsync("tokens/" + _root.Id)).MustRefuse(403, "narrowed-key");
        (await key.PutAsync($"datasets/{_id}/entries/audited", "x")).Must(201);
        (await key.GetAsync("me/sessions")).Must(403);
    }

    [Fact]
    public async Task A_key_ends_with_its_token_and_a_forged_one_never_begins()
    {
        TestCaller key = Folder("raw");
        (await key.GetAsync($"datasets/{_id}/entries/raw/a")).Must(200);
        NarrowedToken forged = NarrowedToken.Make(_root.Zone, _root.Id);
        (await _server.With(forged.Text).GetAsync("me")).MustRefuse(401, "unauthenticated");
        (await _server.With(forged.Narrow(new() { Scopes = TokenScopes.Read }).Value.Text).GetAsync("me")).MustRefuse(401, "unauthenticated");
        (await _server.With(_root.Text.Replace("hutchkey_", "hutch_", StringComparison.Ordinal)).GetAsync("me")).Must(401);

        (await _ada.DeleteAsync("tokens/" + _root.Id)).Must(204);

        (await key.GetAsync($"datasets/{_id}/entries/raw/a")).MustRefuse(401, "unauthenticated");
        (await _server.With(_root.Text).GetAsync("me")).MustRefuse(401, "unauthenticated");
    }

    private static IEnumerable<RestCall> AllCalls() => typeof(RestCalls).GetNestedTypes()
        .SelectMany(static group => group.GetFields()).Select(static field => field.GetValue(null)).OfType<RestCall>();

    private static Task<Answer> PropFindAsync(TestCaller caller, string path) =>
        caller.SendAsync(new HttpMethod("PROPFIND"), path, null, ("Depth", "1"));

    private TestCaller Key(TokenRestrictions restrictions) => _server.With(_root.Narrow(restrictions).Value.Text);

    private TestCaller Folder(string path) => Key(new TokenRestrictions
    {
        Folder = new FolderOfDataset(new DatasetId(Guid.Parse(_id)), DatasetPath.Parse(path).Value),
    });
}
