using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Api.Tests.Security;

/// <summary>Every refusal that can be provoked from outside, as the person at the other end reads it.</summary>
public sealed partial class ErrorSnapshotTests
{
    [Fact]
    public async Task All_messages_are_what_was_reviewed_as_prose()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string open = await ada.DatasetAsync("open-set");
        string closed = await ada.DatasetAsync("closed-set");
        string trashed = await ada.DatasetAsync("trashed-set");
        (await ada.PutAsync($"datasets/{open}/entries/dir/file", "0123456789")).Must(201);
        (await ada.PutAsync($"datasets/{closed}/entries/file", "x")).Must(201);
        (await ada.PostAsync($"datasets/{closed}/close", new { })).Must(200);
        (await ada.DeleteAsync($"datasets/{trashed}")).Must(200);
        (await ada.PutJsonAsync($"datasets/{open}/grants/user:bob", new { right = "view" })).Must(200);
        string narrow = (await ada.PostAsync("tokens", new { scopes = new[] { "read" } })).Must(201).Json.GetProperty("token").GetString()!;
        string revoked = (await ada.PostAsync("tokens", new { })).Must(201).Json.GetProperty("token").GetString()!;
        (await ada.DeleteAsync("tokens/" + revoked.Split('_')[2])).Must(204);
        string session = await PushTests.StartAsync(ada, open);
        string fresh = await PushTests.StartAsync(ada, await ada.DatasetAsync("fresh-set"));
        byte[] blob = Blobs.Random(1, 10);
        string hash = Blobs.Hash(blob);
        await ada.PostAsync("groups", new { name = "lab" });

        (string What, Func<Task<Answer>> Do)[] attempts =
        [
            ("an unknown address", () => ada.GetAsync("nothing")),
            ("no token", () => server.Nobody.GetAsync("me")),
            ("a text that is no token", () => server.With("password").GetAsync("me")),
            ("a revoked token", () => server.With(revoked).GetAsync("me")),
            ("a header that is no bearer token", () => server.Nobody.GetAsync("me", ("Authorization", "Basic YTpi"))),
            ("a token that is too narrow", () => server.With(narrow).PutAsync($"datasets/{open}/entries/a", "1")),
            ("a token that asks for more than it has", () => server.With(narrow).PostAsync("tokens", new { scopes = new[] { "write" } })),
            ("a dataset that is somebody else's", () => bob.GetAsync($"datasets/{closed}")),
            ("a name that is nobody's", () => ada.GetAsync("datasets/resolve?name=no-such-set")),
            ("a file with the right view", () => bob.GetAsync($"datasets/{open}/entries/dir/file")),
            ("a put with the right view", () => bob.PutAsync($"datasets/{open}/entries/a", "1")),
            ("an account's list as a user", () => ada.GetAsync("users")),
            ("a job as a user", () => ada.PostAsync("jobs", new { kind = "gc" })),
            ("an id that is no UUID", () => ada.GetAsync("datasets/open-set")),
            ("no name to resolve", () => ada.GetAsync("datasets/resolve")),
            ("a name that is taken", () => ada.PostAsync("datasets", new { name = "open-set" })),
            ("a name that is no name", () => ada.PostAsync("datasets", new { name = "Open Set!" })),
            ("a dataset for somebody else", () => ada.PostAsync("datasets", new { name = "bob/theirs" })),
            ("a type that is no type", () => ada.PostAsync("datasets", new { name = "typed", type = "MX Rotation" })),
            ("a derivation from what is open", () => ada.PostAsync("datasets", new { name = "derived", parents = new[] { new { dataset = "open-set" } } })),
            ("a copy of two parents", () => ada.PostAsync("datasets", new { name = "derived", copy = true, parents = new[] { new { dataset = "closed-set" }, new { dataset = "closed-set" } } })),
            ("a snapshot that is not there", () => ada.PostAsync("datasets", new { name = "derived", parents = new[] { new { dataset = "closed-set", at = "9" } } })),
            ("a put into what is closed", () => ada.PutAsync($"datasets/{closed}/entries/a", "1")),
            ("a push into what is closed", () => ada.PostAsync($"datasets/{closed}/sessions", new { })),
            ("a file in the trash", () => ada.GetAsync($"datasets/{trashed}/entries/a")),
            ("a purge of what is not in the trash", () => ada.PostAsync($"datasets/{closed}/purge", new { reason = "law" })),
            ("a purge without a reason", () => ada.PostAsync($"datasets/{trashed}/purge", new { reason = " " })),
            ("an unknown state", () => ada.GetAsync("datasets?state=lost")),
            ("a limit that is no number", () => ada.GetAsync("datasets?limit=many")),
            ("a visibility that is none", () => ada.PatchAsync($"datasets/{open}", new { visibility = "secret" })),
            ("an owner who is not there", () => ada.PutJsonAsync($"datasets/{open}/owner", new { owner = "carol" })),
            ("a file that is not there", () => ada.GetAsync($"datasets/{open}/entries/missing")),
            ("a version that is none", () => ada.GetAsync($"datasets/{open}/entries/dir/file?at=-1")),
            ("a version that is not there", () => ada.GetAsync($"datasets/{open}/entries/dir/file?at=77")),
            ("a path that is not UTF-8", () => ada.PutAsync($"datasets/{open}/entries/a%FFb", "1")),
            ("a path that is too long", () => ada.PutAsync($"datasets/{open}/entries/{new string('x', 1025)}", "1")),
            ("a file below a file", () => ada.PutAsync($"datasets/{open}/entries/dir/file/below", "1")),
            ("a file in place of a directory", () => ada.PutAsync($"datasets/{open}/entries/dir", "1")),
            ("a range outside the file", () => ada.GetAsync($"datasets/{open}/entries/dir/file", ("Range", "bytes=99-"))),
            ("a put where something is", () => ada.PutAsync($"datasets/{open}/entries/dir/file", "1", ("If-None-Match", "*"))),
            ("a put where something else is", () => ada.PutAsync($"datasets/{open}/entries/dir/file", "1", ("If-Match", $"\"{hash}\""))),
            ("a digest that does not match", () => ada.PutAsync($"datasets/{open}/entries/a", "1", ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:"))),
            ("a digest that is none", () => ada.PutAsync($"datasets/{open}/entries/a", "1", ("Repr-Digest", "sha-256=:?:"))),
            ("a time that is none", () => ada.PutAsync($"datasets/{open}/entries/a", "1", ("X-Hutch-Modified", "yesterday"))),
            ("a link to nowhere", () => ada.PutAsync($"datasets/{open}/entries/a", "", ("Content-Type", "application/x-hutch-link"))),
            ("a delimiter that is none", () => ada.GetAsync($"datasets/{open}/tree?delimiter=x")),
            ("no version to compare with", () => ada.GetAsync($"datasets/{open}/diff")),
            ("a fetch of a foreign hash", () => ada.PostLinesAsync($"datasets/{open}/fetch", hash)),
            ("a fetch of what is no hash", () => ada.PostLinesAsync($"datasets/{open}/fetch", "abc")),
            ("a push that is none", () => ada.GetAsync("sessions/none")),
            ("somebody else's push", () => bob.GetAsync($"sessions/{session}")),
            ("a commit of a foreign hash", () => PushTests.CommitAsync(ada, fresh, null, PushTests.Put("a", blob))),
            ("a commit that was cut", () => ada.PostLinesAsync($"sessions/{session}/commit", new { changes = 3 })),
            ("a commit of an unknown kind", () => PushTests.CommitAsync(ada, session, null, new { op = "put", path = "a", kind = "socket" })),
            ("a commit of an unknown change", () => PushTests.CommitAsync(ada, session, null, new { op = "move", path = "a" })),
            ("a push after somebody else's", () => PushTests.CommitAsync(ada, session, 9, new { op = "delete", path = "dir/file" })),
            ("an upload of what is no tar", () => ada.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", new ByteArrayContent(Blobs.Random(1, 1024)))),
            ("an upload of an unnamed file", () => ada.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(System.Formats.Tar.TarEntryFormat.Ustar, ("README", [1])))),
            ("an upload that was cut", () => ada.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", new ByteArrayContent(new byte[100]))),
            ("an upload without its place", () => ada.SendAsync(HttpMethod.Patch, $"sessions/{session}/blobs/{hash}", new ByteArrayContent([1]))),
            ("an upload in the wrong place", () => ada.SendAsync(HttpMethod.Patch, $"sessions/{session}/blobs/{hash}?size=9", new ByteArrayContent([1]), ("Upload-Offset", "5"))),
            ("an upload under no name", () => ada.SendAsync(HttpMethod.Patch, $"sessions/{session}/blobs/xyz?size=1", new ByteArrayContent([1]), ("Upload-Offset", "0"))),
            ("a body that is no JSON", () => ada.PostAsync("datasets", "{name")),
            ("a body that was cut", () => ada.PostAsync("datasets", "{\"name\":")),
            ("an empty body", () => ada.PostAsync("datasets", "")),
            ("an unknown field", () => ada.PostAsync("datasets", new { name = "fine", colour = "red" })),
            ("a missing field", () => ada.PostAsync("datasets", new { title = "No name" })),
            ("a field of the wrong kind", () => ada.PostAsync("datasets", new { name = 7 })),
            ("a field given twice", () => ada.PostAsync("datasets", "{\"name\":\"a-set\",\"name\":\"b-set\"}")),
            ("a body that is too deep", () => ada.PutJsonAsync($"datasets/{open}/metadata", string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40))),
            ("a body that is too large", () => ada.PostAsync("datasets", $"{{\"name\":\"{new string('x', 1 << 20)}\"}}")),
            ("metadata that is no object", () => ada.PutJsonAsync($"datasets/{open}/metadata", "[1]")),
            ("metadata that somebody changed", () => ada.PutJsonAsync($"datasets/{open}/metadata", "{}", ("If-Match", "\"7\""))),
            ("a right that is none", () => ada.PutJsonAsync($"datasets/{open}/grants/user:bob", new { right = "own" })),
            ("somebody who is not there", () => ada.PutJsonAsync($"datasets/{open}/grants/user:carol", new { right = "read" })),
            ("a principal that is none", () => ada.PutJsonAsync($"datasets/{open}/grants/everybody", new { right = "read" })),
            ("a right that the public cannot have", () => ada.PutJsonAsync($"datasets/{open}/grants/public", new { right = "write" })),
            ("a link that can write", () => ada.PostAsync($"datasets/{open}/links", new { right = "write" })),
            ("a link without a life", () => ada.PostAsync($"datasets/{open}/links", new { right = "read", expiresIn = 0 })),
            ("a link that is not there", () => ada.DeleteAsync($"datasets/{open}/links/none")),
            ("a tag like a hash", () => ada.PutJsonAsync($"datasets/{open}/tags/deadbeef", new { snapshot = 1 })),
            ("a tag that is not there", () => ada.DeleteAsync($"datasets/{open}/tags/none")),
            ("a user name that is none", () => server.Admin.PostAsync("users", new { name = "Ada Lovelace" })),
            ("a user who is there", () => server.Admin.PostAsync("users", new { name = "ada" })),
            ("a role that is none", () => server.Admin.PostAsync("users", new { name = "carol", roles = new[] { "king" } })),
            ("the last administrator", () => server.Admin.PatchAsync("users/admin", new { disabled = true })),
            ("a group that is not there", () => ada.GetAsync("groups/none")),
            ("a group one is not in", () => bob.GetAsync("groups/lab")),
            ("the last manager", () => ada.DeleteAsync("groups/lab/members/ada")),
            ("a token that is not there", () => ada.DeleteAsync("tokens/none")),
            ("a scope that is none", () => ada.PostAsync("tokens", new { scopes = new[] { "all" } })),
            ("a job that is none", () => server.Admin.PostAsync("jobs", new { kind = "polish" })),
            ("a search that cannot be read", () => ada.GetAsync("search?q=lysozyme+energy+%3E+12")),
        ];
        var text = new StringBuilder("What a person reads when something is refused: status, code, message, advice. Ids and hashes are shown as ID and HASH.\n");
        foreach ((string what, Func<Task<Answer>> attempt) in attempts)
        {
            Answer answer = await attempt();
            Assert.True(answer.Status is >= 400 and < 500, $"{what} was answered with {answer.Status}: {answer.Text}");
            text.Append('\n').Append(what).Append('\n').Append(answer.Bytes.Length == 0 ? $"  {answer.Status}\n" : Describe(answer));
        }

        Written.MustBe("../errors.txt", text.ToString());
    }

    [Fact]
    public void The_table_of_errors_is_written_from_the_code()
    {
        var page = new StringBuilder(
            """
            # Errors

            Every error of every protocol is one of these. Over REST it is problem details (RFC 9457,
            `application/problem+json`):

            - `type` is `urn:hutch:error:CODE`, and `title` names the kind of error;
            - `detail` describes the event and names the object, and `advice`, if there is any, says how to continue;
            - `requestId` finds the request in the server's log;
            - further facts are separate members, such as `missingRight`, `missingScope`, `offset`, `current`.

            Codes are stable: programs may rely on them, but not on the sentences. 429 and 503 come with `Retry-After`.

            A test compares this page with `Hutch.Model/Errors/ErrorCode.cs`. Each item has the status, the code, the title
            and the advice.


            """.ReplaceLineEndings("\n"));
        foreach (ErrorCode code in ErrorCode.All)
        {
            page.Append(Markdown.Item($"**{code.Status}** `{code.Name}`: {Markdown.Sentence(code.Title)} {code.Advice}".TrimEnd()));
        }

        Written.MustBe("../../../docs/reference/errors.md", page.ToString());
    }

    [Fact]
    public void The_table_of_errors_is_complete_and_its_names_are_unique()
    {
        var declared = typeof(ErrorCode).GetFields().Where(field => field.FieldType == typeof(ErrorCode)).Select(field => (ErrorCode)field.GetValue(null)!).ToHashSet();

        Assert.Equal(declared.OrderBy(code => code.Name), ErrorCode.All.OrderBy(code => code.Name));
        Assert.Equal(ErrorCode.All.Count, ErrorCode.All.Select(code => code.Name).Distinct().Count());
    }

    private static string Describe(Answer answer)
    {
        JsonElement problem = answer.Json;
        string code = problem.GetProperty("code").GetString()!;
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal("urn:hutch:error:" + code, problem.GetProperty("type").GetString());
        Assert.Equal(answer.Status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("requestId").GetString()));
        string advice = problem.TryGetProperty("advice", out JsonElement said) ? $"  {said.GetString()}\n" : "";
        return Mask($"  {answer.Status} {code}\n  {problem.GetProperty("detail").GetString()}\n{advice}");
    }

    private static string Mask(string text)
    {
        text = UuidPattern().Replace(HashPattern().Replace(text, "HASH"), "ID");
        text = PlainIdPattern().Replace(text, "ID");
        return TimePattern().Replace(text, "TIME");
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HashPattern();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex UuidPattern();

    [GeneratedRegex("\\b[0-9a-f]{32}\\b")]
    private static partial Regex PlainIdPattern();

    [GeneratedRegex("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d")]
    private static partial Regex TimePattern();
}
