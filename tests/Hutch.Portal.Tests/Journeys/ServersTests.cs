using System.Text.Json;
using Hutch.Contracts;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The page of servers, with the answer of a site that has three; the answer itself is tested with real ones.</summary>
public sealed class ServersTests(Browser browser)
{
    [Fact]
    public async Task Each_server_has_a_row_and_problems_come_first_and_are_refreshed()
    {
        await using PortalSite site = await PortalSite.StartAsync();
        await using IBrowserContext window = await site.WindowAsync(browser, "admin", 1280, 900);
        IPage page = await window.NewPageAsync();
        List<string> errors = page.Listen();
        EngineInfo answer = Site();
        await page.RouteAsync("**/api/v1/admin/engine", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = JsonSerializer.Serialize(answer, HutchJson.Default.EngineInfo),
        }));

        await page.GotoAsync("/admin/servers");

        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Servers" }).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(4);
        await Expect(rows.Nth(1)).ToContainTextAsync("hutch-1 (answers now)");
        await Expect(rows.Nth(1)).ToContainTextAsync("/data/microscope");
        await Expect(rows.Nth(1)).ToContainTextAsync("watching folders");
        await Expect(rows.Nth(2)).ToContainTextAsync("1\u202f234");
        await Expect(rows.Nth(3)).ToContainTextAsync("silent");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("It did not answer within 2 s.");
        await page.LookAsync(
            ("admin-servers-three", 1280, 900, ColorScheme.Light), ("admin-servers-three-dark", 1280, 900, ColorScheme.Dark),
            ("admin-servers-three-phone", 390, 900, ColorScheme.Light));

        answer = answer with { Servers = [answer.Servers[0]] };
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        Assert.Empty(errors);
    }

    private static EngineInfo Site() => new()
    {
        Kind = "shared",
        Stores =
        [
            new StoreInfo { Name = "PostgreSQL", Where = "db.facility.example:5432/hutch", Seconds = 0.0012 },
            new StoreInfo { Name = "object store", Where = "https://ceph.facility.example/hutch", Seconds = 0.0057 },
        ],
        Servers =
        [
            new SiteServerInfo
            {
                Id = "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                Name = "hutch-1",
                State = "ok",
                Version = "0.1.0",
                Started = DateTimeOffset.UtcNow.AddDays(-3),
                RecordsBehind = 0,
                Captures = 2,
                Watched = ["/data/microscope", "/data/beamline-7"],
                Jobs = ["analyses", "watching folders"],
                IsThis = true,
                SilentSeconds = 0.4,
            },
            new SiteServerInfo
            {
                Id = "1f1e2d3c4b5a69788796a5b4c3d2e1f0",
                Name = "hutch-2",
                State = "ok",
                Version = "0.1.0",
                Started = DateTimeOffset.UtcNow.AddHours(-5),
                RecordsBehind = 1234,
                Captures = 0,
                Watched = [],
                Jobs = ["collector"],
                IsThis = false,
                SilentSeconds = 1.2,
            },
            new SiteServerInfo
            {
                Id = "2f1e2d3c4b5a69788796a5b4c3d2e1f0",
                Name = "hutch-3",
                State = "silent",
                Trouble = "It did not answer within 2 s.",
                Jobs = [],
                IsThis = false,
                SilentSeconds = 41,
            },
        ],
    };
}
