using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Datasets over WebDAV.</summary>
public sealed class DavTests
{
    private static readonly XNamespace Dav = "DAV:";

    [Fact]
    public async Task A_private_dataset_is_indistinguishable_from_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("secret");
        TestCaller bob = await server.UserAsync("bob");

        Assert.Equal(207, (await FindAsync(server, "dav/admin/secret", server.Admin.Token)).Status);
        Assert.Equal(404, (await FindAsync(server, "dav/admin/secret", bob.Token)).Status);
        Assert.Equal(404, (await FindAsync(server, "dav/admin/none", bob.Token)).Status);
        Assert.Equal(401, (await FindAsync(server, "dav/admin/secret", null)).Status);
        Assert.Equal(401, (await FindAsync(server, "dav/admin/none", null)).Status);
        Assert.Equal(404, (await FindAsync(server, "dav/admin/", bob.Token, "1")).Status);
        Assert.DoesNotContain("admin", (await FindAsync(server, "dav/", bob.Token, "1")).Text, StringComparison.Ordinal);
    }

    /// <summary>Clients' case 15: the first command of docs/webdav.md made a token that opened nothing.</summary>
    [Fact]
    public async Task The_token_of_the_page_reads_and_writes_and_a_narrower_one_is_refused_with_the_command_for_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");
        string page = await File.ReadAllTextAsync(Written.PathOf("../../../docs/webdav.md"));
        string command = Regex.Match(page, "as the password: `(hutch token create [^`]*)`").Groups[1].Value;
        TestCaller caller = await WithAsync([.. Regex.Matches(command, "--scope (\\w+)").Select(static one => one.Groups[1].Value)]);
        TestCaller writer = await WithAsync("write");

        Assert.Equal(207, (await FindAsync(server, "dav/admin/scan", caller.Token)).Status);
        (await caller.SendAsync(HttpMethod.Put, "/dav/admin/scan/notes.txt", new StringContent("x"))).Must(201);
        Answer refused = (await writer.SendAsync(HttpMethod.Put, "/dav/admin/scan/notes.txt", new StringContent("y"))).Must(403);
        Assert.Contains(command, refused.Json.GetProperty("advice").GetString(), StringComparison.Ordinal);

        async Task<TestCaller> WithAsync(params string[] scopes) =>
            server.With((await server.Admin.PostAsync("tokens", new { scopes })).Must(201).Json.GetProperty("token").GetString()!);
    }

    [Fact]
    public async Task A_folder_is_listed_with_the_properties_of_its_files()
    {
        await using TestServer server = await TestServer.StartAsync();
        string files = $"datasets/{await server.Admin.DatasetAsync("scan")}/entries";
        (await server.Admin.PutAsync($"{files}/a%20b/%C3%BC%25.txt", "hello", ("Content-Type", "text/plain"), ("X-Hutch-Modified", "0"))).Must(201);
        (await server.Admin.PutAsync($"{files}/a%20b/deep/c", "1")).Must(201);
        (await server.Admin.PutAsync($"{files}/z", "1")).Must(201);

        (int status, string text) = await FindAsync(server, "dav/admin/scan/a%20b", server.Admin.Token, "1");

        Assert.Equal(207, status);
        XElement[] found = [.. XDocument.Parse(text).Root!.Elements(Dav + "response")];
        Assert.Equal(
            ["/dav/admin/scan/a%20b/", "/dav/admin/scan/a%20b/deep/", "/dav/admin/scan/a%20b/%C3%BC%25.txt"],
            found.Select(one => one.Element(Dav + "href")!.Value).OrderBy(href => href.Length));
        XElement file = found.Single(one => one.Value.Contains("text/plain", StringComparison.Ordinal)).Descendants(Dav + "prop").First();
        Assert.Equal("5", file.Element(Dav + "getcontentlength")!.Value);
        Assert.Equal($"\"{Blobs.Hash("hello")}\"", file.Element(Dav + "getetag")!.Value);
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", file.Element(Dav + "getlastmodified")!.Value);
        Assert.False(file.Element(Dav + "resourcetype")!.HasElements);
    }

    [Theory]
    [InlineData("<propfind xmlns='DAV:'><prop><getetag/><color xmlns='urn:x'/></prop></propfind>", "1", 207, "404 Not Found")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><propfind xmlns='DAV:'><prop><a>&e;</a></prop></propfind>", "1", 400, "DTD")]
    [InlineData("<propfind xmlns='DAV:'><prop>", "1", 400, "not valid XML")]
    [InlineData("", "infinity", 403, "propfind-finite-depth")]
    [InlineData("", "", 403, "propfind-finite-depth")]
    public async Task A_question_is_answered_or_refused_with_the_reason(string body, string depth, int status, string words)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");

        (int answered, string text) = await FindAsync(server, "dav/admin/scan", server.Admin.Token, depth, body);

        Assert.Equal(status, answered);
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_and_properties_are_bounded()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("scan");
        string properties = string.Concat(Enumerable.Range(0, 65).Select(number => $"<p{number}/>"));
        string nested = string.Concat(Enumerable.Repeat("<a>", 20)) + string.Concat(Enumerable.Repeat("</a>", 20));

        Assert.Equal(413, await StatusAsync($"<propfind xmlns='DAV:'><prop>{properties}</prop></propfind>"));
        Assert.Equal(413, await StatusAsync($"<propfind xmlns='DAV:'>{new string(' ', 70_000)}</propfind>"));
        Assert.Equal(400, await StatusAsync($"<propfind xmlns='DAV:'>{nested}</propfind>"));

        async Task<int> StatusAsync(string body) => (await FindAsync(server, "dav/admin/scan", server.Admin.Token, "0", body)).Status;
    }

    [Fact]
    public async Task A_file_is_read_whole_in_part_and_in_an_older_version()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "hello")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "changed")).Must(204);

        Assert.Equal((200, "changed"), await SendAsync(server, HttpMethod.Get, "dav/admin/scan/a", server.Admin.Token));
        Assert.Equal((200, "hello"), await SendAsync(server, HttpMethod.Get, "dav/admin/scan@1/a", server.Admin.Token));
        Assert.Equal((206, "hang"), await SendAsync(server, HttpMethod.Get, "dav/admin/scan/a", server.Admin.Token, ("Range", "bytes=1-4")));
        Assert.Equal(416, (await SendAsync(server, HttpMethod.Get, "dav/admin/scan/a", server.Admin.Token, ("Range", "bytes=99-"))).Status);
        Assert.Equal(404, (await SendAsync(server, HttpMethod.Get, "dav/admin/scan/none", server.Admin.Token)).Status);
        Assert.Equal(400, (await SendAsync(server, HttpMethod.Get, "dav/admin/scan/%2e%2e%2f%2e%2e/etc/passwd", server.Admin.Token)).Status);
    }

    private static Task<(int Status, string Text)> FindAsync(TestServer server, string path, string? token, string depth = "0", string body = "") =>
        SendAsync(server, new HttpMethod("PROPFIND"), path, token, ("Depth", depth), ("body", body));

    private static async Task<(int Status, string Text)> SendAsync(
        TestServer server, HttpMethod method, string path, string? token, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("x:" + token)));
        foreach ((string name, string value) in headers.Where(header => header.Value.Length > 0))
        {
            if (name == "body")
            {
                request.Content = new StringContent(value, Encoding.UTF8, "application/xml");
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
