using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>No file of a dataset runs in a browser, whatever it is called or was stored as.</summary>
public sealed class FileTypeTests
{
    [Theory]
    [InlineData("text/javascript")]
    [InlineData("application/ecmascript; charset=utf-8")]
    [InlineData("Application/X-JavaScript")]
    [InlineData("text/css")]
    [InlineData("text/plain; x=y, text/javascript")]
    [InlineData("text/plain;, text/css")]
    [InlineData("application/wasm")]
    [InlineData("text/cache-manifest")]
    [InlineData("multipart/x-mixed-replace; boundary=x")]
    public async Task A_file_is_no_script_and_no_style_sheet_to_a_page_of_the_portal(string type)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("armed");
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);
        (await server.Admin.PutAsync($"datasets/{id}/entries/a.bin", "alert(1)", ("Content-Type", type))).Must(201);

        Answer saved = (await browser.GetAsync($"datasets/{id}/entries/a.bin")).Must(200);
        Answer shown = (await browser.GetAsync($"datasets/{id}/entries/a.bin?view=sandbox")).Must(200);

        Assert.Equal("application/octet-stream", saved.Headers["Content-Type"]);
        Assert.Equal("text/plain; charset=utf-8", shown.Headers["Content-Type"]);
        Assert.Equal("nosniff", saved.Headers["X-Content-Type-Options"]);
        Assert.Equal(type, (await server.Admin.GetAsync($"datasets/{id}/entries/a.bin")).Must(200).Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("image/PNG", "image/png")]
    [InlineData("text/csv; charset=ISO-8859-1; header=present", "text/csv; charset=iso-8859-1")]
    [InlineData("text/plain; charset=utf-7", "text/plain")]
    [InlineData("text/plain; charset=\"x\\\"y\"", "text/plain")]
    [InlineData("text/plain; charset=no-such-charset", "text/plain")]
    public async Task A_file_that_runs_nothing_keeps_its_type_in_a_browser(string type, string shown)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("harmless");
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);
        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "x", ("Content-Type", type))).Must(201);

        Answer got = (await browser.GetAsync($"datasets/{id}/entries/a")).Must(200);

        Assert.Equal(shown, got.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("a.html")]
    [InlineData("a.xhtml")]
    [InlineData("a.svg")]
    [InlineData("a.js")]
    [InlineData("a.mjs")]
    [InlineData("a.css")]
    [InlineData("a.xml")]
    [InlineData("a.wasm")]
    [InlineData("a.swf")]
    [InlineData("a.HTM")]
    public async Task The_name_of_a_file_makes_it_no_page_no_script_and_no_style_sheet(string name)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("armed");
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);
        (await server.Admin.PutAsync($"datasets/{id}/entries/{name}", "alert(1)")).Must(201);

        Answer saved = (await browser.GetAsync($"datasets/{id}/entries/{name}")).Must(200);

        Assert.Equal("application/octet-stream", saved.Headers["Content-Type"]);
        Assert.Equal("nosniff", saved.Headers["X-Content-Type-Options"]);
        Assert.StartsWith("attachment", saved.Headers["Content-Disposition"], StringComparison.Ordinal);
    }
}
