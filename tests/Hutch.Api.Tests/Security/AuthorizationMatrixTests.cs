using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Contracts;

namespace Hutch.Api.Tests.Security;

/// <summary>
/// Who may do what over HTTP: every caller against every operation that names a dataset, as a table that people have read. An operation of
/// the interface without a line fails the test.
/// </summary>
public sealed partial class AuthorizationMatrixTests
{
    private static readonly (string Name, string Right)[] Rights =
        [("viewer", "view"), ("reader", "read"), ("deriver", "derive"), ("writer", "write"), ("manager", "manage")];

    /// <summary>What is tried. Each leaves the dataset as it was, or does what may be done again; closing comes last.</summary>
    private static readonly Line[] OnDataset =
    [
        new("see it", "GET /datasets/{id}"),
        new("find it by its name", "GET /datasets/resolve", "?name=owner/target"),
        new("read its metadata", "GET /datasets/{id}/metadata"),
        new("read older metadata", "GET /datasets/{id}/metadata/history"),
        new("try other metadata", "POST /datasets/{id}/attributes") { Send = _ => Json(new { }) },
        new("see its publication", "GET /datasets/{id}/publication"),
        new("see what it said", "GET /datasets/{id}/publication/history"),
        new("read its attributes", "GET /datasets/{id}/attributes"),
        new("read of its people", "GET /datasets/{id}/personal"),
        new("see how long it stays", "GET /datasets/{id}/retention"),
        new("keep its files longer", "PUT /datasets/{id}/retention") { Send = _ => Json(new { until = "2090-01-01T00:00:00Z" }) },
        new("see its copies", "GET /datasets/{id}/copies"),
        new("see who holds it", "GET /datasets/{id}/eviction"),
        new("have others hold it", "POST /datasets/{id}/eviction") { Send = _ => Json(new { holders = 1 }) },
        new("get its bytes back", "DELETE /datasets/{id}/eviction"),
        new("take a copy back", "DELETE /datasets/{id}/copies/{site}") { With = ("site", "no-such-site") },
        new("copy it to a site", "POST /datasets/{id}/copies") { Send = _ => Json(new { site = "no-such-site" }) },
        new("move its home", "POST /datasets/{id}/home") { Send = _ => Json(new { site = "no-such-site" }) },
        new("see its recall", "GET /datasets/{id}/recall"),
        new("recall it", "PUT /datasets/{id}/recall") { Send = _ => Json(new { until = DateTimeOffset.UtcNow.AddDays(1) }) },
        new("... end that", "DELETE /datasets/{id}/recall"),
        new("see its rules", "GET /datasets/{id}/rules"),
        new("make it a rule", "POST /datasets/{id}/rules") { Send = _ => Json(new { rule = "1 copy where site=nowhere" }) },
        new("... only try it", "POST /datasets/{id}/rules/trial") { Send = _ => Json(new { rule = "1 copy where site=nowhere" }) },
        new("... for all of its", "GET /rules/{rule}") { Before = RuleAsync },
        new("end its rule", "DELETE /rules/{rule}") { Before = RuleAsync },
        new("list its snapshots", "GET /datasets/{id}/snapshots"),
        new("see a snapshot", "GET /datasets/{id}/snapshots/{ref}"),
        new("list subdatasets", "GET /datasets/{id}/snapshots/{ref}/subdatasets"),
        new("see its lineage", "GET /datasets/{id}/lineage"),
        new("list its programs", "GET /programs", "?dataset={id}"),
        new("list its runs", "GET /runs", "?dataset={id}"),
        new("see a run", "GET /runs/{run}"),
        new("retry a run", "POST /runs/{run}/retry"),
        new("repeat a run", "POST /runs/{run}/rerun") { Send = _ => Json(new { }) },
        new("list its statements", "GET /datasets/{id}/statements"),
        new("see its provenance", "GET /datasets/{id}/provenance"),
        new("add a statement", "POST /datasets/{id}/statements") { Send = _ => Json(new { document = "{}", proof = "a.b" }) },
        new("read its log", "GET /runs/{run}/log"),
        new("claim an attempt", "POST /runs/{run}/attempts/{attempt}/claim")
        {
            With = ("attempt", "1"), Send = _ => Json(new { claim = Guid.Empty, node = "node" }),
        },
        new("beat", "POST /runs/{run}/attempts/{attempt}/beat")
        {
            With = ("attempt", "1"), Send = _ => Json(new { claim = Guid.Empty }),
        },
        new("end an attempt", "POST /runs/{run}/attempts/{attempt}/finish")
        {
            With = ("attempt", "1"), Send = _ => Json(new { claim = Guid.Empty, state = "failed", message = "m" }),
        },
        new("list its parts", "GET /runs/{run}/parts"),
        new("begin a part", "POST /runs/{run}/parts") { Send = _ => Json(new { part = "p", claim = Guid.Empty }) },
        new("fail a part", "POST /runs/{run}/parts/fail") { Send = _ => Json(new { part = "p", claim = Guid.Empty }) },
        new("stop a run", "POST /runs/{run}/stop") { Before = async t => t["run"] = await t.StartRunAsync() },
        new("select from a run", "POST /runs/{run}/selections") { Send = _ => Json(new { where = "frame > 0", name = "hits" }) },
        new("record a run", "POST /runs") { Send = t => Json(ExternalRun(t)) },
        new("end a run", "POST /runs/{run}/finish")
        {
            Before = async t => t["run"] = (await t.Owner.PostAsync("runs", ExternalRun(t))).Must(201).Json.GetProperty("id").GetString()!,
            Send = _ => Json(new { state = "done" }),
        },
        new("watch it", "GET /events", "?dataset={id}&after=x"),
        new("list its tree", "GET /datasets/{id}/tree"),
        new("list it as lines", "GET /datasets/{id}/tree/lines"),
        new("list its files", "GET /datasets/{id}/files", "?at=1"),
        new("compare versions", "GET /datasets/{id}/diff", "?from=1&to=1"),
        new("read a file", "GET /datasets/{id}/entries/{path}"),
        new("look at a file", "HEAD /datasets/{id}/entries/{path}"),
        new("read a NeXus file", "GET /datasets/{id}/entries/{path}") { With = ("path", ".hutch/virtual/target.nxs") },
        new("read a table", "GET /datasets/{id}/entries/{path}")
        {
            With = ("path", ".hutch/virtual/results.h5"),
            Before = t => t.Owner.PutAsync($"datasets/{t["id"]}/entries/results.jsonl", "{}"),
            After = t => t.Owner.DeleteAsync($"datasets/{t["id"]}/entries/results.jsonl"),
        },
        new("ask what files say", "GET /datasets/{id}/metadata/suggestions"),
        new("see its picture", "GET /datasets/{id}/thumbnail"),
        new("see one of a file", "GET /datasets/{id}/thumbnail", "?path={path}"),
        new("see a microscope's session", "GET /datasets/{id}/microscope"),
        new("... its places", "GET /datasets/{id}/microscope/places"),
        new("... its movies", "GET /datasets/{id}/microscope/movies"),
        new("look into a file", "GET /datasets/{id}/hdf5/meta", "?file={path}"),
        new("... for attributes", "GET /datasets/{id}/hdf5/attr", "?file={path}"),
        new("... for values", "GET /datasets/{id}/hdf5/data", "?file={path}"),
        new("... for statistics", "GET /datasets/{id}/hdf5/stats", "?file={path}"),
        new("... for paths", "GET /datasets/{id}/hdf5/paths", "?file={path}"),
        new("see an array", "GET /datasets/{id}/zarr/{path}") { With = ("path", "a/.zarray") },
        new("... its headers", "HEAD /datasets/{id}/zarr/{path}") { With = ("path", "a/.zarray") },
        new("... of a version", "GET /datasets/{id}/snapshots/{at}/zarr/{path}") { With = ("path", "a/.zarray") },
        new("... its headers", "HEAD /datasets/{id}/snapshots/{at}/zarr/{path}") { With = ("path", "a/.zarray") },
        new("fetch by hash", "POST /datasets/{id}/fetch", "?at=1") { Send = t => TestCaller.Lines(t["hash"]) },
        new("... foreign hash", "POST /datasets/{id}/fetch", "?at=1") { Send = t => TestCaller.Lines(t["foreign"]) },
        new("... behind a good", "POST /datasets/{id}/fetch", "?at=1") { Send = t => TestCaller.Lines(t["hash"], t["foreign"]) },
        new("... of the head", "POST /datasets/{id}/fetch") { Send = t => TestCaller.Lines(t["hash"], t["foreign"]) },
        new("get receipts", "POST /datasets/{id}/receipts", "?at=1") { Send = t => Json(new { nonce = t["foreign"], paths = new[] { t["path"] } }) },
        new("take a tar", "GET /datasets/{id}/archive.tar", "?at=1"),
        new("take a zip", "GET /datasets/{id}/archive.zip", "?at=1"),
        new("verify it", "POST /datasets/{id}/verify", "?at=1"),
        new("read results", "GET /datasets/{id}/results"),
        new("derive from it", "POST /datasets")
        {
            Send = t => Json(new { name = $"derived-{Guid.NewGuid():N}", following = true, parents = new[] { new { dataset = t["id"] } } }),
        },
        new("... by its name", "POST /datasets")
        {
            Send = t => Json(new { name = $"derived-{Guid.NewGuid():N}", following = true, parents = new[] { new { dataset = "owner/target" } } }),
        },
        new("analyse it", "POST /datasets/{id}/analyses") { Send = _ => Json(new { step = "no-such-step" }) },
        new("... try a frame", "POST /datasets/{id}/analyses/trial") { Send = t => Json(new { frame = t["path"], step = "no-such-step" }) },
        new("put a file", "PUT /datasets/{id}/entries/{path}") { Send = _ => new StringContent("a") },
        new("remove a file", "DELETE /datasets/{id}/entries/{path}") { With = ("path", "none") },
        new("start a push", "POST /datasets/{id}/sessions") { Send = _ => Json(new { }) },
        new("see a push", "GET /sessions/{sid}"),
        new("... ask of blobs", "POST /sessions/{sid}/negotiate") { Send = t => TestCaller.Lines(new { hash = t["hash"], size = 1 }) },
        new("... send files", "POST /sessions/{sid}/blobs") { Send = _ => Blobs.Tar("a"u8.ToArray()) },
        new("... send a part", "PATCH /sessions/{sid}/blobs/{key}", "?size=5")
        {
            Send = _ => new ByteArrayContent([]) { Headers = { { HutchHeaders.UploadOffset, "0" } } },
        },
        new("... look at a part", "HEAD /sessions/{sid}/blobs/{key}"),
        new("... commit it", "POST /sessions/{sid}/commit") { Send = _ => TestCaller.Lines("no header") },
        new("... end a part of a run", "POST /sessions/{sid}/part") { Send = _ => TestCaller.Lines(new { changes = 0, part = new { run = Guid.Empty, part = "p", claim = Guid.Empty } }) },
        new("... give it up", "DELETE /sessions/{sid}") { Before = async t => t["sid"] = await PushTests.StartAsync(t.Owner, t["id"]) },
        new("fix the head", "POST /datasets/{id}/snapshots") { Send = _ => Json(new { }) },
        new("... with a tag", "POST /datasets/{id}/snapshots") { Send = _ => Json(new { tag = "fixed" }) },
        new("revert it", "POST /datasets/{id}/revert") { Send = _ => Json(new { at = "1", paths = new[] { "none" } }) },
        new("move its files", "POST /datasets/{id}/move") { Send = _ => Json(new { moves = new[] { new { from = "none", to = "moved" } } }) },
        new("remove its files", "POST /datasets/{id}/remove") { Send = _ => Json(new { paths = new[] { "none" } }) },
        new("describe it", "PUT /datasets/{id}/publication") { Send = _ => Json(new { title = "Frames" }) },
        new("publish it", "POST /datasets/{id}/publication/publish") { Send = _ => Json(new { }) },
        new("give it a DOI", "POST /datasets/{id}/publication/doi"),
        new("withdraw it", "POST /datasets/{id}/publication/withdraw") { Send = _ => Json(new { reason = "It was wrong." }) },
        new("edit its metadata", "PUT /datasets/{id}/metadata") { Send = _ => Json(new { }) },
        new("tag it", "PUT /datasets/{id}/tags/{tag}") { Send = _ => Json(new { snapshot = 1 }) },
        new("see what was sent", "GET /datasets/{id}/sent"),
        new("end what was sent", "DELETE /datasets/{id}/sent/{sent}") { With = ("sent", "no-such-key") },
        new("untag it", "DELETE /datasets/{id}/tags/{tag}") { Before = t => t.Owner.PutJsonAsync($"datasets/{t["id"]}/tags/tagged", new { snapshot = 1 }) },
        new("retitle it", "PATCH /datasets/{id}") { Send = _ => Json(new { title = "T" }) },
        new("publish it later", "PATCH /datasets/{id}") { Send = _ => Json(new { visibility = "public", publicAfter = "2999-01-01T00:00:00Z" }) },
        new("see its grants", "GET /datasets/{id}/grants"),
        new("share it", "PUT /datasets/{id}/grants/{principal}") { Send = _ => Json(new { right = "view" }) },
        new("... with everybody", "PUT /datasets/{id}/grants/{principal}")
        {
            With = ("principal", "public"),
            Send = _ => Json(new { right = "view", after = "2999-01-01T00:00:00Z" }),
        },
        new("take a right back", "DELETE /datasets/{id}/grants/{principal}")
        {
            Before = t => t.Owner.PutJsonAsync($"datasets/{t["id"]}/grants/user:someone", new { right = "view" }),
        },
        new("see its links", "GET /datasets/{id}/links"),
        new("make a link", "POST /datasets/{id}/links") { Send = _ => Json(new { right = "view" }) },
        new("withdraw a link", "DELETE /datasets/{id}/links/{link}")
        {
            Before = async t => t["link"] = (await t.Owner.PostAsync($"datasets/{t["id"]}/links", new { right = "view" })).Must(201).Json.GetProperty("id").GetString()!,
        },
        new("see its invites", "GET /datasets/{id}/invites"),
        new("invite to it", "POST /datasets/{id}/invites") { Send = _ => Json(new { right = "view" }) },
        new("withdraw an invite", "DELETE /invites/{invite}")
        {
            Before = async t => t["invite"] = (await t.Owner.PostAsync($"datasets/{t["id"]}/invites", new { right = "view" })).Must(201).Json.GetProperty("id").GetString()!,
        },
        new("ask to read it", "POST /datasets/{id}/access-request") { Send = _ => Json(new { text = "Please." }) },
        new("... no longer", "DELETE /datasets/{id}/access-request"),
        new("see who asks", "GET /datasets/{id}/access-requests"),
        new("grant that", "POST /datasets/{id}/access-requests/{user}")
        {
            With = ("user", "nobody-at-all"), Send = _ => Json(new { granted = true }),
        },
        new("see who did what", "GET /datasets/{id}/activity"),
        new("see who downloaded it", "GET /datasets/{id}/downloads"),
        new("give it away", "PUT /datasets/{id}/owner") { Send = _ => Json(new { owner = "nobody-at-all" }) },
        new("accept its offer", "POST /offers/{id}/accept") { Before = OfferAsync, Send = _ => Json(new { }) },
        new("end its offer", "DELETE /offers/{id}") { Before = OfferAsync },
        new("purge it", "POST /datasets/{id}/purge") { Send = _ => Json(new { reason = "" }) },
        new("move it to the trash", "DELETE /datasets/{id}") { After = RestoreAsync },
        new("take it out of there", "POST /datasets/{id}/restore") { Before = t => t.Owner.DeleteAsync($"datasets/{t["id"]}"), After = RestoreAsync },
        new("keep it", "POST /datasets/{id}/keep"),
        new("close it", "POST /datasets/{id}/close") { Send = _ => Json(new { }) },
    ];

    private static readonly (string Name, Func<TestCaller, Task<Answer>> Try)[] Installation =
    [
        ("say who one is", c => c.GetAsync("me")),
        ("list datasets", c => c.GetAsync("datasets")),
        ("make a dataset", c => c.PostAsync("datasets", new { name = $"made-{Guid.NewGuid():N}" })),
        ("list types", c => c.GetAsync("types")),
        ("see a type", c => c.GetAsync("types/mx/rotation")),
        ("see its schema", c => c.GetAsync("types/mx/rotation/schema")),
        ("list offers", c => c.GetAsync("offers")),
        ("list who asks", c => c.GetAsync("access-requests")),
        ("list users", c => c.GetAsync("users")),
        ("make a user", c => c.PostAsync("users", new { name = "INVALID" })),
        ("list SCIM accounts", c => c.GetAsync("scim/Users")),
        ("find SCIM account", c => c.GetAsync("scim/Users?filter=userName%20eq%20%22nobody-at-all%22")),
        ("read SCIM account", c => c.GetAsync("scim/Users/nobody-at-all")),
        ("make SCIM account", c => c.PostAsync("scim/Users", new { userName = "in valid" })),
        ("replace SCIM account", c => c.PutJsonAsync("scim/Users/nobody-at-all", new { userName = "nobody-at-all" })),
        ("disable SCIM account", c => c.PatchAsync(
            "scim/Users/nobody-at-all", new { Operations = new[] { new { op = "replace", path = "active", value = false } } })),
        ("delete SCIM account", c => c.DeleteAsync("scim/Users/nobody-at-all")),
        ("read SCIM config", c => c.GetAsync("scim/ServiceProviderConfig")),
        ("disable a user", c => c.PatchAsync("users/nobody-at-all", new { disabled = true })),
        ("let it create for all", c => c.PatchAsync("users/nobody-at-all", new { createsFor = Array.Empty<string>() })),
        ("make a login link", c => c.PostAsync("users/nobody-at-all/login-link", new { })),
        ("hand over", c => c.PostAsync("users/nobody-at-all/hand-over", new { to = "admin" })),
        ("list groups", c => c.GetAsync("groups")),
        ("list tokens", c => c.GetAsync("tokens")),
        ("list sessions", c => c.GetAsync("me/sessions")),
        ("end a session", c => c.DeleteAsync("me/sessions/none")),
        ("read mails", c => c.GetAsync("me/mails")),
        ("see what to do", c => c.GetAsync("me/todo")),
        ("see what is notified", c => c.GetAsync("me/notifications")),
        ("mute notifications", c => c.PutJsonAsync("me/notifications/copies", new { bell = true, mail = true })),
        ("set a password", c => c.PutJsonAsync("me/password", new Dictionary<string, string> { ["new"] = "a good long password" })),
        ("edit the profile", c => c.PatchAsync("me", new { displayName = "a\nb" })),
        ("invite to a group", c => c.PostAsync("groups/nobody-at-all/invites", new { })),
        ("withdraw invite", c => c.DeleteAsync("invites/none")),
        ("accept an invite", c => c.PostAsync("invites/accept", new { code = "none" })),
        ("read the audit", c => c.GetAsync("audit?limit=1")),
        ("see activity", c => c.GetAsync("activity")),
        ("watch live work", c => c.GetAsync("live")),
        ("list queues", c => c.GetAsync("queues")),
        ("see dead letters", c => c.GetAsync("queues/dead.none/dead-letters")),
        ("delete dead letters", c => c.DeleteAsync("queues/dead.none/dead-letters")),
        ("send them again", c => c.PostAsync("queues/dead.none/dead-letters/resend", new { })),
        ("list watched folders", c => c.GetAsync("agent/folders")),
        ("poke a folder", c => c.PostAsync("agent/poke", new { folder = "/data/a" })),
        ("scan all folders", c => c.PostAsync("agent/scan", new { })),
        ("adopt a folder", c => c.PostAsync("agent/adoptions", new { folder = "/data/old", dryRun = true })),
        ("write a letter", c => c.PostAsync("agent/letter", new { folder = "/data/a" })),
        ("list sites", c => c.GetAsync("sites")),
        ("invite a site", c => c.PostAsync("sites", new { name = "INVALID" })),
        ("label a site", c => c.PutJsonAsync("sites/none/labels", new { labels = new Dictionary<string, string>() })),
        ("say what a site takes", c => c.PatchAsync("sites/none/terms", new { intake = "open" })),
        ("check a site", c => c.GetAsync("sites/none/differences")),
        ("remove a site", c => c.DeleteAsync("sites/none")),
        ("join a zone", c => c.PostAsync("sites/join", new { token = "none" })),
        ("list purges", c => c.GetAsync("purges")),
        ("purge everywhere", c => c.PostAsync("purges", new { dataset = Guid.Empty, reason = "" })),
        ("list rules", c => c.GetAsync("rules")),
        ("make a rule", c => c.PostAsync("rules", new { rule = "1 copy where site=nowhere", owner = "no-such-owner" })),
        ("try a rule", c => c.PostAsync("rules/trial", new { rule = "1 copy where site=nowhere", owner = "no-such-owner" })),
        ("list jobs", c => c.GetAsync("jobs")),
        ("start a job", c => c.PostAsync("jobs", new { kind = "none" })),
        ("watch everything", c => c.GetAsync("events?after=x")),
        ("make a work token", c => c.PostAsync("tokens", new { scopes = new[] { "work" }, @namespace = "INVALID" })),
        ("take frames", c => c.PostAsync("work/leases", new { worker = "", version = "1" })),
        ("open a frame's address", c => c.GetAsync($"frames/{Guid.Empty:N}?signature=none")),
        ("leave", c => c.PostAsync("work/leave", new { worker = "w" })),
        ("extend a lease", c => c.PostAsync("work/leases/extend", new { leases = Array.Empty<string>() })),
        ("read its frame", c => c.GetAsync($"work/leases/{Guid.Empty:N}/frames/1")),
        ("read its header", c => c.GetAsync($"work/leases/{Guid.Empty:N}/entries/header")),
        ("put a file of its frame", c => c.PutAsync($"work/leases/{Guid.Empty:N}/files/previews/000001.png", "x")),
        ("give its rows", c => c.PostAsync($"work/leases/{Guid.Empty:N}/rows", new { rows = Array.Empty<object>() })),
        ("return it", c => c.PostAsync($"work/leases/{Guid.Empty:N}/return", new { })),
        ("refuse its run", c => c.PostAsync($"work/leases/{Guid.Empty:N}/refuse", new { message = "No." })),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_of_the_interface_that_names_a_dataset_has_a_line()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonElement paths = (await server.Nobody.GetAsync("/openapi/v1.json")).Must(200).Json.GetProperty("paths");

        string[] named = [.. paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(method => NamesDataset().IsMatch(path.Name) || TakesDataset(method.Value))
            .Select(method => $"{method.Name.ToUpperInvariant()} {path.Name.Replace("/api/v1", "", StringComparison.Ordinal)}"))];

        Assert.Equal(Array.Empty<string>(), named.Except(OnDataset.Select(line => line.Route)).Except(["POST /tokens"]));
        Assert.Equal(Array.Empty<string>(), OnDataset.Select(line => line.Route).Except(named));
    }

    [Fact]
    public async Task The_matrix_is_what_was_reviewed()
    {
        using TestPartner partner = NewPartner();
        await using TestServer server = await TestServer.StartAsync(zone: partner.Zone, facility: new ThreeFolders());
        TestCaller owner = await server.UserAsync("owner");
        TestCaller service = await server.UserAsync("service");
        (await server.Admin.PatchAsync("users/service", new { createsFor = new[] { "owner" } })).Must(200);
        await server.UserAsync("someone");
        Target target = await TargetAsync(server, owner, service);
        List<(string Name, TestCaller Caller)> callers = await CallersAsync(server, target, service, partner);

        var table = new StringBuilder("What each caller is answered (status) when it tries an operation on a dataset of somebody else's.\n");
        table.Append("Those from viewer to manager were given that right; with link or owner, what follows is what the link gives or the token may.\n\n");
        Head(table, callers);
        foreach (Line line in OnDataset)
        {
            var statuses = new List<int>();
            foreach ((_, TestCaller caller) in callers)
            {
                statuses.Add(await line.TryAsync(caller, target));
            }

            Row(table, line.What, statuses, line.Route);
        }

        table.Append("\nThe same for operations on the installation.\n\n");
        Head(table, callers);
        foreach ((string name, Func<TestCaller, Task<Answer>> attempt) in Installation)
        {
            var statuses = new List<int>();
            foreach ((_, TestCaller caller) in callers)
            {
                statuses.Add((await attempt(caller)).Status);
            }

            Row(table, name, statuses, "");
        }

        Written.MustBe("matrix.txt", table.ToString());
    }

    [Fact]
    public async Task A_push_names_no_blob_of_a_parent_that_its_user_may_not_read()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        byte[] secret = Blobs.Random(1, 5000);
        string parent = await ada.DatasetAsync("parent");
        await PushTests.PushAsync(ada, parent, null, secret);
        (await ada.PostAsync($"datasets/{parent}/close", new { })).Must(200);
        string child = (await ada.PostAsync("datasets", new { name = "child", parents = new[] { new { dataset = parent } } })).Must(201).Json.GetProperty("id").GetString()!;
        foreach (string right in (string[])["nothing", "view"])
        {
            TestCaller writer = await server.UserAsync("with-" + right);
            (await ada.PutJsonAsync($"datasets/{child}/grants/user:with-{right}", new { right = "write" })).Must(200);
            if (right != "nothing")
            {
                (await ada.PutJsonAsync($"datasets/{parent}/grants/user:with-{right}", new { right })).Must(200);
            }

            string push = await PushTests.StartAsync(writer, child);
            Answer missing = (await writer.PostLinesAsync($"sessions/{push}/negotiate", new { hash = Blobs.Hash(secret), size = secret.Length })).Must(200);
            Assert.Equal(Blobs.Hash(secret), missing.Lines[0].GetString());
            (await PushTests.CommitAsync(writer, push, null, PushTests.Put("stolen", secret))).MustRefuse(422, "blob-not-nameable");
        }

        string own = await PushTests.StartAsync(ada, child);
        (await PushTests.CommitAsync(ada, own, null, PushTests.Put("moved", secret))).Must(200);
    }

    [Theory]
    [InlineData("?at=1")]
    [InlineData("")]
    public async Task A_fetch_gives_no_byte_of_what_the_version_has_not(string version)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        (byte[] mine, byte[] foreign) = (Blobs.Random(1, 100), Blobs.Random(2, 5000));
        TestCaller bob = await server.UserAsync("bob");
        await PushTests.PushAsync(bob, await bob.DatasetAsync("private"), null, foreign);
        string id = await ada.DatasetAsync("mine");
        await PushTests.PushAsync(ada, id, null, mine);

        (await ada.PostLinesAsync($"datasets/{id}/fetch{version}", Blobs.Hash(foreign))).MustRefuse(404, "not-found");
        (await ada.PostLinesAsync($"datasets/{id}/fetch{version}", Blobs.Hash(mine), Blobs.Hash(foreign))).MustRefuse(404, "not-found");
        Assert.Equal(mine, Assert.Single(Blobs.ReadTar((await ada.PostLinesAsync($"datasets/{id}/fetch{version}", Blobs.Hash(mine))).Must(200).Bytes)).Bytes);
    }

    [Fact]
    public async Task A_run_shows_its_token_and_its_machine_only_to_users_that_can_write_its_datasets()
    {
        using TestPartner partner = NewPartner();
        await using TestServer server = await TestServer.StartAsync(zone: partner.Zone);
        TestCaller owner = await server.UserAsync("owner");
        TestCaller service = await server.UserAsync("service");
        (await server.Admin.PatchAsync("users/service", new { createsFor = new[] { "owner" } })).Must(200);
        await server.UserAsync("someone");
        Target target = await TargetAsync(server, owner, service);
        List<(string Name, TestCaller Caller)> callers = await CallersAsync(server, target, service, partner);
        (await owner.PutJsonAsync($"datasets/{target["id"]}/grants/public", new { right = "read" })).Must(200);

        List<string> told = [];
        foreach ((string name, TestCaller caller) in callers)
        {
            foreach (string path in (string[])[$"runs/{target["run"]}", $"runs?dataset={target["id"]}", $"datasets/{target["id"]}/lineage"])
            {
                Answer answer = await caller.GetAsync(path);
                bool token = answer.Text.Contains("0123token", StringComparison.Ordinal);
                Assert.Equal(token, answer.Text.Contains("the-machine", StringComparison.Ordinal));
                Assert.True(answer.Status != 200 || answer.Text.Contains("the-system", StringComparison.Ordinal), name);
                told.AddRange(token && !told.Contains(name) ? [name] : Array.Empty<string>());
            }
        }

        Assert.Equal(["writer", "manager", "owner", "owner:read", "service"], told);
    }

    [GeneratedRegex(@"^/(api/v1/)?(datasets/\{id\}|datasets/resolve|sessions/|offers/|runs|events|rules/\{rule\}|invites/\{invite\})")]
    private static partial Regex NamesDataset();

    private static bool TakesDataset(JsonElement operation)
    {
        bool inQuery = operation.TryGetProperty("parameters", out JsonElement parameters)
            && parameters.EnumerateArray().Any(parameter => parameter.TryGetProperty("name", out JsonElement name) && name.GetString() == "dataset");
        return inQuery
            || (operation.TryGetProperty("requestBody", out JsonElement body)
                && (body.GetRawText().Contains("/CreateDataset\"", StringComparison.Ordinal) || body.GetRawText().Contains("/CreateToken\"", StringComparison.Ordinal)));
    }

    private static void Head(StringBuilder table, List<(string Name, TestCaller Caller)> callers) =>
        table.Append($"{"",-22}{string.Concat(callers.Select(caller => $"{caller.Name,-13}")).TrimEnd()}\n");

    private static void Row(StringBuilder table, string what, List<int> statuses, string route) =>
        table.Append($"{$"{what,-22}{string.Concat(statuses.Select(status => $"{status,-13}"))}{route}".TrimEnd()}\n");

    private static async Task RuleAsync(Target target) => target["rule"] =
        (await target.Owner.PostAsync($"datasets/{target["id"]}/rules", new { rule = "1 copy where site=nowhere" })).Must(201).Json.GetProperty("number").GetRawText();

    private static Task<Answer> OfferAsync(Target target) => target.Owner.PutJsonAsync($"datasets/{target["id"]}/owner", new { owner = "someone" });

    private static Task<Answer> RestoreAsync(Target target) => target.Owner.PostAsync($"datasets/{target["id"]}/restore", new { });

    private static object ExternalRun(Target target) =>
        new { program = "p", inputs = new[] { new { dataset = target["id"], snapshot = 1 } }, output = target["id"] };

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    /// <summary>One operation. What stands in braces is what the target says.</summary>
    private sealed record Line(string What, string Route, string Query = "")
    {
        /// <summary>Something else than what the target says.</summary>
        public (string Name, string Value)? With { get; init; }

        public Func<Target, HttpContent> Send { get; init; } = _ => new ByteArrayContent([]);

        /// <summary>What the owner does first, so that there is something to do it to.</summary>
        public Func<Target, Task> Before { get; init; } = _ => Task.CompletedTask;

        /// <summary>What the owner does afterwards, so that all is as it was.</summary>
        public Func<Target, Task> After { get; init; } = _ => Task.CompletedTask;

        public async Task<int> TryAsync(TestCaller caller, Target target)
        {
            await Before(target);
            (string method, string path) = Route.Split(' ') is [var first, var second] ? (first, second) : throw new InvalidOperationException(Route);
            string filled = Braces().Replace(path + Query, match => With is (string name, string value) && name == match.Groups[1].Value ? value : target[match.Groups[1].Value]);
            HttpContent? body = method is "GET" or "HEAD" or "DELETE" ? null : Send(target);
            Answer answer = await caller.SendAsync(new HttpMethod(method), filled[1..], body);
            await After(target);
            return answer.Status;
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Braces();
}
