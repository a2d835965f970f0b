using System.Net;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Serving;

/// <summary>How the server delivers the portal.</summary>
public sealed partial class ServingTests(Browser browser)
{
    private const int FirstLoadBytes = 200_000;
    private const int FirstLoadRequests = 12;

    [Fact]
    public async Task The_first_load_is_small_and_leaves_out_what_other_pages_need()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        await using IBrowserContext window = await site.WindowAsync(browser, "admin");
        IPage page = await window.NewPageAsync();
        int bytes = 0;
        var loaded = new List<Task>();
        page.RequestFinished += (_, request) => loaded.Add(AddAsync(request));

        await page.GotoAsync("/");
        await Expect(page.GetByText("Upload in the browser")).ToBeVisibleAsync();
        await Task.WhenAll(loaded);
        string[] names = await ScriptsAsync(page);
        Assert.True(bytes <= FirstLoadBytes, $"{bytes} bytes: {string.Join(", ", names)}");
        Assert.DoesNotContain(names, name => UnneededPattern().IsMatch(name));

        // The page itself is the first request.
        Assert.True(names.Length + 1 <= FirstLoadRequests, $"{names.Length + 1} requests: {string.Join(", ", names)}");

        async Task AddAsync(IRequest request)
        {
            RequestSizesResult sizes = await request.SizesAsync();
            Interlocked.Add(ref bytes, sizes.ResponseBodySize + sizes.ResponseHeadersSize);
        }
    }

    /// <remarks>Browsers ask for Brotli only over HTTPS and at the machine itself.</remarks>
    [Fact]
    public async Task The_first_load_is_small_with_gzip_too_and_the_page_is_drawn_before_its_script_is_there()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        using HttpResponseMessage page = await site.OpenAsync("/");
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] parts = [.. AssetPattern().Matches(html).Select(match => match.Groups[1].Value)];
        int bytes = 0;
        foreach (string part in parts)
        {
            using HttpResponseMessage file = await site.OpenAsync("/" + part, "*/*", "gzip");
            bytes += (await file.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        }

        Assert.Contains(parts, part => part.EndsWith(".css", StringComparison.Ordinal));
        Assert.Contains(parts, part => part.EndsWith(".js", StringComparison.Ordinal));
        Assert.True(bytes <= FirstLoadBytes, $"{bytes} bytes: {string.Join(", ", parts)}");
        Assert.Matches("<div id=\"root\">\\s*<svg", html);
    }

    [Fact]
    public async Task Assets_are_compressed_and_cached_for_ever_and_the_page_is_revalidated()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        using HttpResponseMessage page = await site.OpenAsync("/");
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string script = ScriptPattern().Match(html).Groups[1].Value;

        using HttpResponseMessage brotli = await site.OpenAsync("/" + script, "*/*");
        using HttpResponseMessage gzip = await site.OpenAsync("/" + script, "*/*", "gzip, br;q=0");
        using HttpResponseMessage plain = await site.OpenAsync("/" + script, "*/*", "identity");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(page.Headers.CacheControl!.NoCache);
        Assert.Equal("br", Assert.Single(brotli.Content.Headers.ContentEncoding));
        Assert.Equal("gzip", Assert.Single(gzip.Content.Headers.ContentEncoding));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Contains("immutable", brotli.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("text/javascript", brotli.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(brotli.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task The_policy_allows_only_own_scripts_and_styles_with_a_fresh_nonce()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        using HttpResponseMessage first = await site.OpenAsync("/");
        using HttpResponseMessage second = await site.OpenAsync("/datasets/any/where");
        string policy = Assert.Single(first.Headers.GetValues("Content-Security-Policy"));

        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        string nonce = NoncePattern().Match(policy).Groups[1].Value;
        Assert.Contains($"content=\"{nonce}\"", await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEqual(nonce, NoncePattern().Match(Assert.Single(second.Headers.GetValues("Content-Security-Policy"))).Groups[1].Value);
    }

    [Fact]
    public async Task A_path_belongs_to_the_portal_or_the_API()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        foreach ((string path, string accept, int status, string type) in new[]
        {
            ("/datasets/a/b/c", "text/html", 200, "text/html"),
            ("/pdf/wasm/openjpeg.wasm", "*/*", 200, "application/wasm"),
            ("/assets/none.js", "*/*", 404, "application/problem+json"),
            ("/api/v1/none", "text/html", 404, "application/problem+json"),
            ("/docs", "text/html", 200, "text/html"),
            ("/nothing", "application/json", 404, "application/problem+json"),
        })
        {
            using HttpResponseMessage response = await site.OpenAsync(path, accept);

            Assert.Equal((path, status, type), (path, (int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        }
    }

    [Fact]
    public async Task The_portal_works_under_a_path_prefix()
    {
        await using PortalSite site = await PortalSite.StartAsync(prefix: "/hutch");
        await using IBrowserContext window = await site.AnonymousAsync(browser);
        IPage page = await window.NewPageAsync();
        List<string> errors = page.Listen();

        using HttpResponseMessage html = await site.OpenAsync("/hutch/datasets");
        Assert.Contains("<base href=\"/hutch/\"", await html.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await page.GotoAsync(site.FirstLink);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Profile" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Tokens" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(site.Url("/hutch/tokens"));
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tokens", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Login_upload_and_sharing_work_with_https_and_a_path_prefix()
    {
        await using PortalSite site = await PortalSite.StartAsync(prefix: "/hutch", isSecure: true);
        string token = await site.UserAsync("ada");
        string id = await site.DatasetAsync("lysozyme", token, ("notes.txt", "for your eyes"));
        await using IBrowserContext window = await site.AnonymousAsync(browser);
        IPage page = await window.NewPageAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/hutch/datasets/{id}/access");
        await Journeys.FirstLoginTests.LogInAsync(page, "ada", PortalSite.Password);
        await Expect(page).ToHaveURLAsync(site.Url($"/hutch/datasets/{id}/access"));
        BrowserContextCookiesResult cookie = Assert.Single(await window.CookiesAsync());
        Assert.Equal((true, true, "/hutch"), (cookie.Secure, cookie.HttpOnly, cookie.Path.TrimEnd('/')));

        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        string link = await page.GetByRole(AriaRole.Textbox, new() { Name = "Share link" }).InnerTextAsync();
        Assert.StartsWith(site.Url("/hutch/s#"), link, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Files" }).ClickAsync();
        string file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[9 << 20], TestContext.Current.CancellationToken);
        await page.GetByTestId("upload-files").SetInputFilesAsync([file]);
        await Expect(page.GetByText("1 file uploaded as version")).ToBeVisibleAsync();
        File.Delete(file);
        IDownload download = await page.RunAndWaitForDownloadAsync(async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "TAR" }).ClickAsync();
        });
        Assert.Equal("lysozyme-2.tar", download.SuggestedFilename);

        await using IBrowserContext stranger = await site.AnonymousAsync(browser);
        IPage theirs = await stranger.NewPageAsync();
        await theirs.GotoAsync(link);
        await theirs.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        await Expect(theirs.GetByText("for your eyes")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    private static async Task<string[]> ScriptsAsync(IPage page) =>
        await page.EvaluateAsync<string[]>("() => performance.getEntriesByType('resource').map(entry => entry.name)");

    // Chunks that only some pages need.
    [GeneratedRegex("(Graph|Plot|FilePage|Readme|[a-z]Viewer|worker)-")]
    private static partial Regex UnneededPattern();

    [GeneratedRegex("src=\"\\./(assets/start-[^\"]+\\.js)\"")]
    private static partial Regex ScriptPattern();

    [GeneratedRegex("(?:src|href)=\"\\./(assets/[^\"]+)\"")]
    private static partial Regex AssetPattern();

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex NoncePattern();
}
