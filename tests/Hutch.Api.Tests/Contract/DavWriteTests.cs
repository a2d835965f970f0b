using System.IO.Pipelines;
using System.Text;
using System.Xml.Linq;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Changes of datasets over WebDAV.</summary>
public sealed class DavWriteTests
{
    private static readonly XNamespace Dav = "DAV:";

    [Fact]
    public async Task A_file_is_put_where_its_folder_is_with_its_time_and_under_the_conditions_of_the_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");

        Answer made = (await SendAsync(server.Admin, "PUT", "a.txt", "hello", ("X-OC-Mtime", "86400.5"))).Must(201);
        Assert.Equal($"\"{Blobs.Hash("hello")}\"", made.Headers["ETag"]);
        Assert.Equal("accepted", made.Headers["X-OC-MTime"]);
        Answer stored = (await server.Admin.GetAsync($"datasets/{id}/entries/a.txt")).Must(200);
        Assert.Equal(("hello", "86400500000000"), (stored.Text, stored.Headers["X-Hutch-Modified"]));
        (await SendAsync(server.Admin, "PUT", "a.txt", "other", ("If-None-Match", "*"))).Must(412);
        (await SendAsync(server.Admin, "PUT", "a.txt", "other", ("If-Match", $"\"{Blobs.Hash("no")}\""))).Must(412);
        (await SendAsync(server.Admin, "PUT", "a.txt", "other", ("If", $"([\"{Blobs.Hash("no")}\"])"))).Must(412);
        (await SendAsync(server.Admin, "PUT", "a.txt", "llo", ("Content-Range", "bytes 2-4/5"))).Must(400);
        Assert.Equal("hello", (await SendAsync(server.Admin, "GET", "a.txt")).Text);
        (await SendAsync(server.Admin, "PUT", "a.txt", "other", ("If", $"([\"{Blobs.Hash("hello")}\"])"))).Must(204);
        (await SendAsync(server.Admin, "PUT", "a.txt", "x", ("If", $"({new string('x', 1 << 20)})"))).Must(431);
        (await SendAsync(server.Admin, "PUT", "none/a.txt", "x")).Must(409);
        (await SendAsync(server.Admin, "PUT", "a.txt/b", "x")).Must(409);
        (await SendAsync(server.Admin, "PUT", "b/", "x")).Must(405);
        (await SendAsync(server.Admin, "PUT", ".hutch", "x")).Must(400);
        (await SendAsync(server.Admin, "PUT", "t", "x", ("X-OC-Mtime", "yesterday"))).Must(400);
        (await SendAsync(server.Admin, "PUT", "t", "x", ("X-OC-Mtime", "79228162514264337593543950335"))).Must(201);
        (await SendAsync(server.Admin, "PUT", "._a.txt", "fork")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await SendAsync(server.Admin, "PUT", "a.txt", "late")).Must(403);
    }

    /// <summary>
    /// Clients' review 3, case 14: a false condition stops each method (RFC 9110 section 13); one that cannot be read, or beside
    /// If-Match, does not count.
    /// </summary>
    [Fact]
    public async Task Conditions_on_the_tag_and_the_time_of_a_file_stop_every_method()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");
        string old = "Fri, 01 Jan 2010 00:00:00 GMT";
        string tag = $"\"{Blobs.Hash("1")}\"";
        (string, string) to = ("Destination", "/dav/admin/scan/b");
        const string Patch = "<propertyupdate xmlns='DAV:'><set><prop><x xmlns='u'>1</x></prop></set></propertyupdate>";
        const string Lock = "<lockinfo xmlns='DAV:'><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>";
        (string Method, string? Body, int Status)[] all =
        [
            ("GET", null, 200), ("PUT", "1", 204), ("PROPPATCH", Patch, 207), ("COPY", null, 201), ("LOCK", Lock, 200), ("MOVE", null, 423),
            ("DELETE", null, 423),
        ];
        (await SendAsync(server.Admin, "PUT", "a", "1")).Must(201);
        foreach ((string method, string? body, _) in all)
        {
            (await SendAsync(server.Admin, method, "a", body, to, ("If-Unmodified-Since", old))).Must(412);
            (await SendAsync(server.Admin, method, "a", body, to, ("If-Match", "\"0\""))).Must(412);
            (await SendAsync(server.Admin, method, "a", body, to, ("If-Match", $"\"{Blobs.Hash("2")}\""))).Must(412);
        }

        Assert.Equal(["a"], await NamesAsync(server.Admin, ""));
        foreach ((string method, string? body, int status) in all)
        {
            string later = DateTimeOffset.UtcNow.AddDays(1).ToString("R");
            (await SendAsync(server.Admin, method, "a", body, to, ("If-Match", tag), ("If-Unmodified-Since", old))).Must(status);
            (await SendAsync(server.Admin, method, "a", body, ("Destination", "/dav/admin/scan/c"), ("If-Unmodified-Since", later)))
                .Must(method == "LOCK" ? 423 : status);
        }

        (await SendAsync(server.Admin, "MKCOL", "d", null, ("If-Match", "*"))).Must(412);
        (await SendAsync(server.Admin, "MKCOL", "d", null, ("If-Unmodified-Since", "tomorrow"))).Must(201);
        (await SendAsync(server.Admin, "DELETE", "d", null, ("If-Match", tag))).Must(412);
        (await SendAsync(server.Admin, "DELETE", "d", null, ("If-Match", "*"))).Must(204);
        (await SendAsync(server.Admin, "MOVE", "b", null, ("Destination", "/dav/admin/scan/e"), ("If-Match", tag))).Must(201);
        (await SendAsync(server.Admin, "DELETE", "e", null, ("If-Unmodified-Since", DateTimeOffset.UtcNow.ToString("R")))).Must(204);
    }

    /// <summary>Clients' review 5, case 05.</summary>
    [Theory]
    [InlineData("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==", "XUFAKrxLKna5cZ2REBfFkQ==")]
    [InlineData("Digest", "unknown=x, SHA=qvTGHdzF6KLavt4PO0gs2a6pQ00=", "SHA=qvTGHdzF6KLavt4PO0gs2a6pQ08=")]
    [InlineData("Content-Digest", "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:", "md5=:XUFAKrxLKna5cZ2REBfFkQ==:")]
    [InlineData("Repr-Digest", "md5=:XUFAKrxLKna5cZ2REBfFkg==:", "sha-256=:MPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:")]
    [InlineData("OC-Checksum", "SHA1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "SHA1:0000000000000000000000000000000000000000")]
    [InlineData("OC-Checksum", "ADLER32:00000000", "MD5:00")]
    public async Task A_file_is_stored_only_if_the_checksums_of_the_client_hold(string header, string right, string wrong)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");

        (await SendAsync(server.Admin, "PUT", "a", "hello", (header, wrong))).Must(400);

        (await SendAsync(server.Admin, "GET", "a")).Must(404);
        (await SendAsync(server.Admin, "PUT", "a", "hello", (header, right))).Must(201);
        (await SendAsync(server.Admin, "PUT", "a", "other", (header, wrong))).Must(400);
        Assert.Equal("hello", (await SendAsync(server.Admin, "GET", "a")).Text);
    }

    /// <summary>Clients' review 5, case 05.</summary>
    [Fact]
    public async Task A_body_in_chunks_must_have_the_length_that_was_announced()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");

        Task<Answer> PutAsync(string length) => server.Admin.SendAsync(
            HttpMethod.Put, "/dav/admin/scan/a", new StreamContent(PipeReader.Create(new("four"u8.ToArray())).AsStream()),
            ("X-Expected-Entity-Length", length));

        (await PutAsync("1000")).Must(400);
        (await PutAsync("3")).Must(400);
        (await SendAsync(server.Admin, "GET", "a")).Must(404);
        (await PutAsync("4")).Must(201);
    }

    [Fact]
    public async Task Folders_are_made_kept_when_they_become_empty_and_deleted_with_all_below_them()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");

        (await SendAsync(server.Admin, "MKCOL", "a/b")).Must(409);
        (await SendAsync(server.Admin, "MKCOL", "a/", "body")).Must(415);
        (await SendAsync(server.Admin, "MKCOL", "a/")).Must(201);
        (await SendAsync(server.Admin, "MKCOL", "a")).Must(405);
        (await SendAsync(server.Admin, "PUT", "a", "x")).Must(405);
        (await SendAsync(server.Admin, "PUT", "a/f", "x")).Must(201);
        (await SendAsync(server.Admin, "MKCOL", "a/f")).Must(405);
        (await SendAsync(server.Admin, "MKCOL", "a/b")).Must(201);
        (await SendAsync(server.Admin, "DELETE", "a/b")).Must(204);
        (await SendAsync(server.Admin, "DELETE", "a/f/")).Must(404);
        (await SendAsync(server.Admin, "DELETE", "a/f")).Must(204);
        Assert.Equal(["a/"], await NamesAsync(server.Admin, ""));
        (await SendAsync(server.Admin, "PUT", "a/f", "x")).Must(201);
        (await SendAsync(server.Admin, "MKCOL", "a/b")).Must(201);
        (await SendAsync(server.Admin, "PUT", "a/b/g", "x")).Must(201);
        (await SendAsync(server.Admin, "DELETE", "a", null, ("Depth", "0"))).Must(400);
        (await SendAsync(server.Admin, "DELETE", "a")).Must(204);
        (await SendAsync(server.Admin, "DELETE", "a")).Must(404);
        Assert.Empty(await NamesAsync(server.Admin, ""));
        (await server.Admin.SendAsync(new HttpMethod("DELETE"), "/dav/admin/scan", null)).Must(403);
        (await server.Admin.SendAsync(new HttpMethod("MKCOL"), "/dav/admin/new", null)).Must(403);
        (await server.Admin.SendAsync(new HttpMethod("PATCH"), "/dav/admin/scan/a", null)).Must(405);
    }

    [Fact]
    public async Task Files_and_folders_are_copied_and_moved_and_never_into_themselves()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await server.Admin.DatasetAsync("twin");
        await server.UserAsync("bob");
        (await SendAsync(server.Admin, "MKCOL", "a")).Must(201);
        (await SendAsync(server.Admin, "PUT", "a/f", "f", ("X-OC-Mtime", "7"))).Must(201);
        (await SendAsync(server.Admin, "MKCOL", "a/e")).Must(201);

        await TransferAsync("COPY", "a", "/dav/admin/scan/b", 201);
        await TransferAsync("COPY", "a", "/dav/admin/scan/b", 412, ("Overwrite", "F"));
        await TransferAsync("COPY", "a", "/dav/admin/scan/b", 204);
        await TransferAsync("COPY", "a", server.Address + "dav/admin/twin/a", 201);
        await TransferAsync("COPY", "a", "/dav/admin/scan/shallow", 201, ("Depth", "0"));
        await TransferAsync("COPY", "a", "/dav/admin/scan/c", 400, ("Depth", "1"));
        await TransferAsync("COPY", "a/f", "/dav/admin/scan/none/f", 409);
        await TransferAsync("MOVE", "a/f", "/dav/admin/scan/g", 201);
        await TransferAsync("MOVE", "b", "/dav/admin/scan/c", 201);
        Assert.Equal(["a/", "c/", "g", "shallow/"], await NamesAsync(server.Admin, ""));
        Assert.Equal(["a/e/"], await NamesAsync(server.Admin, "a"));
        Assert.Equal(["c/e/", "c/f"], await NamesAsync(server.Admin, "c"));
        Assert.Empty(await NamesAsync(server.Admin, "shallow"));
        Assert.Equal("7000000000", (await server.Admin.GetAsync($"datasets/{id}/entries/g")).Headers["X-Hutch-Modified"]);
        Assert.Equal("f", (await server.Admin.GetAsync("/dav/admin/twin/a/f")).Text);

        // A file in place of a folder, and the reverse.
        await TransferAsync("MOVE", "g", "/dav/admin/scan/c", 204);
        await TransferAsync("MOVE", "a", "/dav/admin/scan/c", 204);
        Assert.Equal(["c/", "shallow/"], await NamesAsync(server.Admin, ""));

        await TransferAsync("COPY", "c", "/dav/admin/scan/c", 403);
        await TransferAsync("COPY", "c", "/dav/admin/scan/c/e/deeper", 403);
        await TransferAsync("MOVE", "c/e", "/dav/admin/scan/c", 403);
        await TransferAsync("COPY", "c", "/dav/admin/scan", 403);
        await TransferAsync("MOVE", "c", "/dav/admin/twin/c", 403);
        await TransferAsync("COPY", "c", "http://elsewhere.example/dav/admin/scan/d", 502);
        await TransferAsync("COPY", "c", "/api/v1/datasets", 502);
        await TransferAsync("COPY", "c", "/dav/admin/scan/d/../../../bob/x/y", 400);
        await TransferAsync("COPY", "c", "/dav/admin/scan/%2e%2e%2f%2e%2e%2fbob", 400);
        await TransferAsync("COPY", "c", "/dav/admin%2Fscan/d/e", 400);
        await TransferAsync("MOVE", "c", "/dav/bob/private/d", 404);
        (await SendAsync(server.Admin, "COPY", "c")).Must(400);
        Assert.Equal(["c/", "shallow/"], await NamesAsync(server.Admin, ""));

        async Task TransferAsync(string method, string from, string to, int status, params (string, string)[] more) =>
            (await SendAsync(server.Admin, method, from, null, [("Destination", to), .. more])).Must(status);
    }

    [Fact]
    public async Task Only_those_with_the_right_to_write_change_anything_and_never_a_version()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        (await SendAsync(server.Admin, "PUT", "a", "secret")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        TestCaller bob = await server.UserAsync("bob");
        await bob.DatasetAsync("own");
        (string, string)[] toBob = [("Destination", "/dav/bob/own/a")];

        await RefusedAsync(404, 401);
        (await bob.SendAsync(new HttpMethod("PUT"), "/dav/bob/own/b", Content("x"), ("If", $"</dav/admin/scan/a> ([\"{Blobs.Hash("secret")}\"])"))).Must(412);
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "read" })).Must(200);
        await RefusedAsync(403, 401, ["COPY"]);
        (await SendAsync(bob, "COPY", "a", null, toBob)).Must(201);
        Assert.Equal("secret", (await bob.GetAsync("/dav/bob/own/a")).Text);
        foreach (string method in (string[])["PUT", "DELETE", "MKCOL", "MOVE", "PROPPATCH", "LOCK"])
        {
            (await server.Admin.SendAsync(new HttpMethod(method), "/dav/admin/scan@1/a", Content("x"))).Must(method == "MKCOL" ? 415 : 403);
        }

        Assert.Equal("secret", (await SendAsync(server.Admin, "GET", "a")).Text);

        async Task RefusedAsync(int ofBob, int ofNobody, params string[] allowed)
        {
            foreach (string method in ((string[])["PUT", "DELETE", "COPY", "MOVE", "PROPPATCH", "LOCK", "MKCOL"]).Except(allowed))
            {
                string? body = method is "COPY" or "MOVE" or "MKCOL" or "DELETE" ? null : "x";
                (await SendAsync(bob, method, "a", body, toBob)).Must(ofBob);
                (await SendAsync(server.Nobody, method, "a", body, toBob)).Must(ofNobody);
            }
        }
    }

    [Fact]
    public async Task A_lock_keeps_out_all_without_its_token_until_it_is_given_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        TestCaller bob = await server.UserAsync("bob");
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "write" })).Must(200);
        (await SendAsync(server.Admin, "MKCOL", "d")).Must(201);

        Answer locked = (await LockAsync(server.Admin, "d/new")).Must(201);
        string token = locked.Headers["Lock-Token"];
        Assert.Contains(">ada</me>", locked.Text, StringComparison.Ordinal);
        Assert.Contains("/dav/admin/scan/d/new", locked.Text, StringComparison.Ordinal);
        (await LockAsync(bob, "d/new")).Must(423);
        (await LockAsync(bob, "d", depth: "infinity")).Must(423);
        (await SendAsync(bob, "PUT", "d/new", "x")).Must(423);
        (await SendAsync(bob, "PUT", "d/new", "x", ("If", $"({token})"))).Must(423);
        (await SendAsync(server.Admin, "PUT", "d/new", "x")).Must(423);
        (await SendAsync(server.Admin, "PUT", "d/new", "x", ("If", "(<urn:uuid:none>)"))).Must(412);
        (await SendAsync(server.Admin, "PUT", "d/new", "x", ("If", "(<urn:uuid:none>) (Not <DAV:no-lock>)"))).Must(423);
        (await SendAsync(server.Admin, "PUT", "d/new", "x", ("If", $"({token})"))).Must(204);
        (await SendAsync(server.Admin, "DELETE", "d")).Must(423);
        (await SendAsync(server.Admin, "MOVE", "d", null, ("Destination", "/dav/admin/scan/e"))).Must(423);
        (await SendAsync(bob, "PROPPATCH", "d/new", "<propertyupdate xmlns='DAV:'/>")).Must(423);
        string seen = await FindAsync(bob, "d/new", "<propfind xmlns='DAV:'><prop><lockdiscovery/></prop></propfind>");
        Assert.Contains("activelock", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Trim('<', '>'), seen, StringComparison.Ordinal);
        (await SendAsync(bob, "UNLOCK", "d/new", null, ("Lock-Token", token))).Must(403);
        (await SendAsync(server.Admin, "UNLOCK", "d", null, ("Lock-Token", token))).Must(409);
        (await SendAsync(server.Admin, "LOCK", "d/new", null, ("If", $"({token})"), ("Timeout", "Second-60"))).Must(200);
        (await SendAsync(server.Admin, "UNLOCK", "d/new", null, ("Lock-Token", " "))).Must(400);
        // As npm's webdav sends it: clients' case 08.
        (await SendAsync(server.Admin, "UNLOCK", "d/new", null, ("Lock-Token", token.Trim('<', '>')))).Must(204);
        (await SendAsync(bob, "PUT", "d/new", "mine")).Must(204);

        // A lock of a folder covers names to come. One without depth covers the list of names.
        token = (await LockAsync(server.Admin, "d")).Must(200).Headers["Lock-Token"];
        (await SendAsync(bob, "PUT", "d/new", "again")).Must(204);
        (await SendAsync(bob, "PUT", "d/other", "x")).Must(423);
        (await SendAsync(bob, "DELETE", "d/new")).Must(423);
        (await SendAsync(server.Admin, "PUT", "d/other", "x", ("If", $"<{server.Address}dav/admin/scan/d> ({token})"))).Must(201);
        (await SendAsync(server.Admin, "DELETE", "d", null, ("If", $"({token})"))).Must(204);
        (await SendAsync(bob, "MKCOL", "d")).Must(201);
    }

    [Fact]
    public async Task Properties_of_clients_stay_with_the_file_and_its_time_can_be_set()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");
        (await SendAsync(server.Admin, "PUT", "a", "x")).Must(201);
        const string Set = "<propertyupdate xmlns='DAV:'><set><prop><color xmlns='urn:x'>red<b/></color>"
            + "<Win32LastModifiedTime xmlns='urn:schemas-microsoft-com:'>Fri, 02 Jan 1970 00:00:00 GMT</Win32LastModifiedTime></prop></set></propertyupdate>";

        Assert.Contains("200 OK", (await SendAsync(server.Admin, "PROPPATCH", "a", Set)).Must(207).Text, StringComparison.Ordinal);
        (await SendAsync(server.Admin, "PUT", "a", "y", ("X-OC-Mtime", "86400"))).Must(204);
        await SendAsync(server.Admin, "COPY", "a", null, ("Destination", "/dav/admin/scan/b"));
        string shown = await FindAsync(server.Admin, "b", "");
        Assert.Contains("red<b />", shown, StringComparison.Ordinal);
        Assert.Contains("Fri, 02 Jan 1970 00:00:00 GMT", shown, StringComparison.Ordinal);
        Assert.Contains("color", await FindAsync(server.Admin, "b", "<propfind xmlns='DAV:'><propname/></propfind>"), StringComparison.Ordinal);

        string refused = (await SendAsync(
            server.Admin, "PROPPATCH", "a",
            "<propertyupdate xmlns='DAV:'><remove><prop><color xmlns='urn:x'/></prop></remove><set><prop><getetag>no</getetag></prop></set></propertyupdate>"))
            .Must(207).Text;
        Assert.Contains("403 Forbidden", refused, StringComparison.Ordinal);
        Assert.Contains("424 Failed Dependency", refused, StringComparison.Ordinal);
        Assert.Contains("red<b />", await FindAsync(server.Admin, "a", ""), StringComparison.Ordinal);
        string large = $"<propertyupdate xmlns='DAV:'><set><prop><big xmlns='urn:x'>{new string('x', 9000)}</big></prop></set></propertyupdate>";
        Assert.Contains("507", (await SendAsync(server.Admin, "PROPPATCH", "a", large)).Must(207).Text, StringComparison.Ordinal);

        (await SendAsync(server.Admin, "PROPPATCH", "a", "<!DOCTYPE x [<!ENTITY e 'x'>]><propertyupdate xmlns='DAV:'/>")).Must(400);
        (await SendAsync(server.Admin, "LOCK", "a", "<!DOCTYPE x [<!ENTITY e 'x'>]><lockinfo xmlns='DAV:'/>")).Must(400);
    }

    [Fact]
    public async Task Metadata_of_another_door_that_is_no_property_is_left_out()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "x")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { message = "one" })).Must(201);
        string push = (await server.Admin.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        object put = new
        {
            op = "put",
            path = "c",
            kind = "file",
            hash = Blobs.Hash("x"),
            size = 1,
            metadata = new Dictionary<string, string>
            {
                [":dav:bad name"] = "x",
                [":dav:{"] = "x",
                [":dav:{urn:x}other"] = "<y xmlns='urn:x'/>",
                [":dav:{urn:x}text"] = "<no xml",
                [":dav:{urn:x}color"] = "<color xmlns='urn:x'>red</color>",
            },
        };
        (await server.Admin.PostLinesAsync($"sessions/{push}/commit", new { @base = 1, changes = 1 }, put)).Must(200);

        XElement[] answers = [.. XDocument.Parse(await FindAsync(server.Admin, "c", "")).Descendants(Dav + "propstat")];

        XElement found = Assert.Single(answers);
        Assert.Equal("red", found.Descendants(XName.Get("color", "urn:x")).Single().Value);
        Assert.DoesNotContain(found.Descendants(), one => one.Name.Namespace == "urn:x" && one.Name.LocalName != "color");
    }

    private static Task<Answer> LockAsync(TestCaller caller, string path, string depth = "0") => SendAsync(
        caller, "LOCK", path,
        "<lockinfo xmlns='DAV:'><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner><me xmlns=''>ada</me></owner></lockinfo>",
        ("Depth", depth), ("Timeout", "Second-4100000000"));

    private static async Task<string> FindAsync(TestCaller caller, string path, string body, string depth = "0") =>
        (await SendAsync(caller, "PROPFIND", path, body, ("Depth", depth))).Must(207).Text;

    /// <summary>The names in a folder, those of folders with a slash.</summary>
    private static async Task<string[]> NamesAsync(TestCaller caller, string folder)
    {
        const string Root = "/dav/admin/scan/";
        return
        [
            .. XDocument.Parse(await FindAsync(caller, folder, "", "1")).Descendants(Dav + "href")
                .Select(href => href.Value[Root.Length..]).Where(name => name.TrimEnd('/') != folder).Order(StringComparer.Ordinal),
        ];
    }

    private static Task<Answer> SendAsync(
        TestCaller caller, string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        caller.SendAsync(new HttpMethod(method), "/dav/admin/scan/" + path, body is null ? null : Content(body), headers);

    private static ByteArrayContent Content(string text) => new(Encoding.UTF8.GetBytes(text));
}
