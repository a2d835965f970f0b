using System.Text;
using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>Who may do what over HTTP: every caller against every operation on one dataset, as a table that people have read.</summary>
public sealed class AuthorizationMatrixTests
{
    private static readonly string[] Rights = ["view", "read", "derive", "write", "manage"];

    /// <summary>What is tried. Each leaves the dataset as it was, or does what may be done again; closing comes last.</summary>
    private static readonly (string Name, Func<TestCaller, Target, Task<Answer>> Try)[] Operations =
    [
        ("see it", (c, t) => c.GetAsync($"datasets/{t.Id}")),
        ("resolve its name", (c, t) => c.GetAsync("datasets/resolve?name=owner/target")),
        ("read metadata", (c, t) => c.GetAsync($"datasets/{t.Id}/metadata")),
        ("list snapshots", (c, t) => c.GetAsync($"datasets/{t.Id}/snapshots")),
        ("see a snapshot", (c, t) => c.GetAsync($"datasets/{t.Id}/snapshots/1")),
        ("list its tree", (c, t) => c.GetAsync($"datasets/{t.Id}/tree")),
        ("list its files", (c, t) => c.GetAsync($"datasets/{t.Id}/files?at=1")),
        ("compare versions", (c, t) => c.GetAsync($"datasets/{t.Id}/diff?from=1&to=1")),
        ("read a file", (c, t) => c.GetAsync($"datasets/{t.Id}/entries/a")),
        ("fetch by hash", (c, t) => c.PostLinesAsync($"datasets/{t.Id}/fetch?at=1", t.Hash)),
        ("take a tar", (c, t) => c.GetAsync($"datasets/{t.Id}/archive.tar?at=1")),
        ("take a zip", (c, t) => c.GetAsync($"datasets/{t.Id}/archive.zip?at=1")),
        ("verify", (c, t) => c.SendAsync(HttpMethod.Post, $"datasets/{t.Id}/verify?at=1", null)),
        ("derive from it", (c, t) => c.PostAsync("datasets", new { name = $"derived-{Guid.NewGuid():N}", following = true, parents = new[] { new { dataset = t.Id } } })),
        ("put a file", (c, t) => c.PutAsync($"datasets/{t.Id}/entries/a", "a")),
        ("remove a file", (c, t) => c.DeleteAsync($"datasets/{t.Id}/entries/none")),
        ("start a push", (c, t) => c.PostAsync($"datasets/{t.Id}/sessions", new { })),
        ("fix the head", (c, t) => c.PostAsync($"datasets/{t.Id}/snapshots", new { })),
        ("edit metadata", (c, t) => c.PutJsonAsync($"datasets/{t.Id}/metadata", new { })),
        ("tag", (c, t) => c.PutJsonAsync($"datasets/{t.Id}/tags/tagged", new { snapshot = 1 })),
        ("retitle it", (c, t) => c.PatchAsync($"datasets/{t.Id}", new { title = "T" })),
        ("see its grants", (c, t) => c.GetAsync($"datasets/{t.Id}/grants")),
        ("see who did what", (c, t) => c.GetAsync($"datasets/{t.Id}/activity")),
        ("share it", (c, t) => c.PutJsonAsync($"datasets/{t.Id}/grants/user:someone", new { right = "view" })),
        ("make a link", (c, t) => c.PostAsync($"datasets/{t.Id}/links", new { right = "view" })),
        ("see its links", (c, t) => c.GetAsync($"datasets/{t.Id}/links")),
        ("invite to it", (c, t) => c.PostAsync($"datasets/{t.Id}/invites", new { right = "view" })),
        ("see its invites", (c, t) => c.GetAsync($"datasets/{t.Id}/invites")),
        ("publish it later", (c, t) => c.PatchAsync($"datasets/{t.Id}", new { visibility = "public", publicAfter = "2999-01-01T00:00:00Z" })),
        ("give it away", (c, t) => c.PutJsonAsync($"datasets/{t.Id}/owner", new { owner = "nobody-at-all" })),
        ("purge it", (c, t) => c.PostAsync($"datasets/{t.Id}/purge", new { reason = "" })),
        ("watch it", (c, t) => c.GetAsync($"events?dataset={t.Id}&after=x")),
        ("close it", (c, t) => c.PostAsync($"datasets/{t.Id}/close", new { })),
    ];

    private static readonly (string Name, Func<TestCaller, Task<Answer>> Try)[] Installation =
    [
        ("say who one is", c => c.GetAsync("me")),
        ("list datasets", c => c.GetAsync("datasets")),
        ("make a dataset", c => c.PostAsync("datasets", new { name = $"made-{Guid.NewGuid():N}" })),
        ("list users", c => c.GetAsync("users")),
        ("make a user", c => c.PostAsync("users", new { name = "INVALID" })),
        ("disable a user", c => c.PatchAsync("users/nobody-at-all", new { disabled = true })),
        ("make a login link", c => c.PostAsync("users/nobody-at-all/login-link", new { })),
        ("hand over", c => c.PostAsync("users/nobody-at-all/hand-over", new { to = "admin" })),
        ("list groups", c => c.GetAsync("groups")),
        ("list tokens", c => c.GetAsync("tokens")),
        ("list sessions", c => c.GetAsync("me/sessions")),
        ("end a session", c => c.DeleteAsync("me/sessions/none")),
        ("read mails", c => c.GetAsync("me/mails")),
        ("set a password", c => c.PutJsonAsync("me/password", new Dictionary<string, string> { ["new"] = "a good long password" })),
        ("edit the profile", c => c.PatchAsync("me", new { displayName = "a\nb" })),
        ("invite to a group", c => c.PostAsync("groups/nobody-at-all/invites", new { })),
        ("withdraw invite", c => c.DeleteAsync("invites/none")),
        ("accept an invite", c => c.PostAsync("invites/accept", new { code = "none" })),
        ("read the audit", c => c.GetAsync("audit?limit=1")),
        ("see activity", c => c.GetAsync("activity")),
        ("list jobs", c => c.GetAsync("jobs")),
        ("start a job", c => c.PostAsync("jobs", new { kind = "none" })),
        ("watch everything", c => c.GetAsync("events?after=x")),
    ];

    [Fact]
    public async Task The_matrix_is_what_was_reviewed()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        await server.UserAsync("someone");
        string id = await owner.DatasetAsync("target");
        byte[] blob = "a"u8.ToArray();
        await PushTests.PushAsync(owner, id, null, blob);
        (await owner.PutAsync($"datasets/{id}/entries/a", "a")).Must(201);
        var target = new Target(id, Blobs.Hash(blob));
        List<(string Name, TestCaller Caller)> callers = await CallersAsync(server, owner, id);

        var table = new StringBuilder("What each caller is answered (status) when it tries an operation on a dataset of somebody else's.\n\n");
        await AppendAsync(table, callers, Operations.Select(o => (o.Name, (Func<TestCaller, Task<Answer>>)(caller => o.Try(caller, target)))));
        table.Append("\nThe same for operations on the installation.\n\n");
        await AppendAsync(table, callers, Installation);

        Written.MustBe("matrix.txt", table.ToString());
    }

    private static async Task AppendAsync(
        StringBuilder table, List<(string Name, TestCaller Caller)> callers, IEnumerable<(string Name, Func<TestCaller, Task<Answer>> Try)> operations)
    {
        table.Append($"{"",-18}");
        callers.ForEach(caller => table.Append($"{caller.Name,-14}"));
        table.Length -= table.ToString().Length - table.ToString().TrimEnd(' ').Length;
        table.Append('\n');
        foreach ((string name, Func<TestCaller, Task<Answer>> attempt) in operations)
        {
            var line = new StringBuilder($"{name,-18}");
            foreach ((_, TestCaller caller) in callers)
            {
                line.Append($"{(await attempt(caller)).Status,-14}");
            }

            table.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    private static async Task<List<(string Name, TestCaller Caller)>> CallersAsync(TestServer server, TestCaller owner, string id)
    {
        var callers = new List<(string, TestCaller)> { ("nobody", server.Nobody), ("stranger", await server.UserAsync("stranger")) };
        foreach (string right in Rights)
        {
            TestCaller user = await server.UserAsync("with-" + right);
            (await owner.PutJsonAsync($"datasets/{id}/grants/user:with-{right}", new { right })).Must(200);
            callers.Add((right, user));
        }

        foreach (string right in (string[])["view", "read"])
        {
            Answer link = (await owner.PostAsync($"datasets/{id}/links", new { right })).Must(201);
            callers.Add(("link " + right, server.With(link.Json.GetProperty("token").GetString()!)));
        }

        callers.Add(("owner", owner));
        foreach (string scope in (string[])["read", "write", "manage"])
        {
            Answer token = (await owner.PostAsync("tokens", new { scopes = new[] { scope } })).Must(201);
            callers.Add(("owner: " + scope, server.With(token.Json.GetProperty("token").GetString()!)));
        }

        foreach (string role in (string[])["operator", "site-admin", "auditor", "administrator"])
        {
            Answer user = (await server.Admin.PostAsync("users", new { name = "is-" + role, roles = new[] { role } })).Must(201);
            callers.Add((role == "administrator" ? "admin" : role, server.With(user.Json.GetProperty("token").GetString()!)));
        }

        return callers;
    }

    private sealed record Target(string Id, string Hash);
}
