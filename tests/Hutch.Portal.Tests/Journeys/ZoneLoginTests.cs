using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Zone;
using Hutch.Zone.Limits;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>One login for a zone and its site, in a real browser; and a login of the command line.</summary>
public sealed class ZoneLoginTests(Browser browser)
{
    [Fact]
    public async Task A_person_logged_in_at_the_zone_logs_in_at_a_site_with_one_click_and_approves_a_command_line()
    {
        // Two hosts, as cookies do not tell ports apart.
        int port = FreePort();
        string home = $"http://localhost:{port}";
        await using PortalSite zone = await PortalSite.StartAsync(
            new ZoneOptions { Durable = false, PublicUrl = new Uri(home), Accounts = new AccountOptions { HashIterations = 10 } },
            siteName: "facility", address: $"127.0.0.1:{port}");
        await using PortalSite archive = await PortalSite.StartAsync(siteName: "new");
        await JoinAsync(zone, archive);
        string ada = await zone.UserAsync("ada");
        await zone.DatasetAsync("lysozyme", ada, ("notes.txt", "private"));
        await zone.RequestAsync(
            HttpMethod.Post, "visits",
            new { name = "cm7-1", proposal = "cm7", begin = "2026-01-01T09:00:00Z", end = "2090-01-04T09:00:00Z", people = new[] { new { user = "ada" } } },
            zone.AdminToken);
        await using IBrowserContext window = await zone.AnonymousAsync(browser);
        IPage page = await window.NewPageAsync();

        await page.GotoAsync(archive.Url("/shared"));
        ILocator way = page.GetByRole(AriaRole.Link, new() { Name = $"Log in with the zone, localhost:{port}" });
        await Expect(way).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Password")).ToHaveCountAsync(0);
        await page.PictureAsync("site-login");
        await page.MustBeAccessibleAsync();

        // The first login is at the zone, which returns to the page of the site.
        await way.ClickAsync();
        await FirstLoginTests.LogInAsync(page, "ada", PortalSite.Password);

        // The zone asks whether the site may log her in (C1): reading what the site has is selected, and more comes with a warning.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Allow a login at archive?" })).ToBeVisibleAsync();
        Assert.StartsWith(home + "/consent?", page.Url, StringComparison.Ordinal);
        await Expect(page.GetByLabel("read your data that are at archive")).ToBeCheckedAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await page.GetByLabel("read, change, share and delete all your data").CheckAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This site can then read everything that you can read, at every site");
        await page.PictureAsync("site-consent");
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(archive.Url("/shared"));

        // The next one needs a click.
        await page.GetByRole(AriaRole.Button, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Log out" }).ClickAsync();
        await way.ClickAsync();
        await Expect(page).ToHaveURLAsync(archive.Url("/"));
        await Expect(page.GetByText("lysozyme").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Tokens" })).ToHaveAttributeAsync("href", home + "/tokens");

        // The zone alone knows the copies at all sites.
        await page.GotoAsync(archive.Url("/visits/cm7-1"));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "counted at the zone" })).ToHaveAttributeAsync("href", home + "/visits/cm7-1");

        // Links and invites open at the zone, at whichever site they are typed.
        foreach (string typed in (string[])["/s#hutchlink_x", "/invite#code=x", "/login#code=x", "/device"])
        {
            await page.GotoAsync(archive.Url(typed));
            await Expect(page).ToHaveURLAsync(home + typed);
        }

        // She sees it under her sessions, and ends it there: the session at the site ends, and the next login asks again.
        await page.GotoAsync(home + "/profile");
        await page.GetByRole(AriaRole.Button, new() { Name = "End logins at archive" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sites that may log you in" })).ToHaveCountAsync(0);
        await page.GotoAsync(archive.Url("/shared"));
        await way.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Allow a login at archive?" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Do not allow" }).ClickAsync();
        await Expect(page.GetByText("Nothing was allowed.")).ToBeVisibleAsync();

        JsonElement begun = await zone.RequestAsync(HttpMethod.Post, "login/device", new { });
        await page.GotoAsync(begun.GetProperty("verificationUri").GetString()!);
        await page.GetByLabel("Code").FillAsync(begun.GetProperty("userCode").GetString()!.ToLowerInvariant());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("asks to log in as you")).ToBeVisibleAsync();
        await page.PictureAsync("device-login");
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(page.GetByText("The command line is logged in.")).ToBeVisibleAsync();
        JsonElement done = await zone.RequestAsync(
            HttpMethod.Post, "login/device/token", new { handle = begun.GetProperty("handle").GetString() });
        Assert.Equal("ada", done.GetProperty("user").GetString());
    }

    /// <summary>Joins a site, approves its portal, and waits until the site knows both portals.</summary>
    private static async Task JoinAsync(PortalSite zone, PortalSite site)
    {
        JsonElement invite = await zone.RequestAsync(HttpMethod.Post, "sites", new { name = "archive" });
        await site.RequestAsync(HttpMethod.Post, "sites/join", new { token = invite.GetProperty("token").GetString() });
        await zone.RequestAsync(HttpMethod.Put, "sites/archive/portal", new { address = site.Address.GetLeftPart(UriPartial.Authority) });
        CancellationToken ct = TestContext.Current.CancellationToken;
        while (true)
        {
            // Without a token: that of its former administrator is void.
            using HttpResponseMessage methods = await site.OpenAsync("/api/v1/login/methods", "application/json", "identity");
            if ((await methods.Content.ReadAsStringAsync(ct)).Contains("\"password\":false", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(50, ct);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
