using System.Collections.Specialized;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Web;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Ten thousand datasets in one list, of which the rows near the window are drawn.</summary>
public sealed class LongListTests(Browser browser) : Journey(browser)
{
    private const int MostDrawn = 500;

    private int _count = 10_000;
    private JsonNode? _example;

    [Fact]
    public async Task Rows_are_loaded_and_drawn_as_they_are_scrolled_to_and_Back_finds_the_same_row()
    {
        IPage page = await OpenListAsync();
        await LoadAllAsync(page);
        Assert.InRange(await Rows(page).CountAsync(), 1, MostDrawn);

        await page.EvaluateAsync("() => window.scrollTo(0, document.body.scrollHeight / 2)");
        await Expect(Row(page, 5000)).ToBeAttachedAsync();
        await Row(page, 5000).ScrollIntoViewIfNeededAsync();
        await page.SettleAsync();
        Assert.InRange(await Rows(page).CountAsync(), 1, MostDrawn);
        double place = await page.EvaluateAsync<double>("() => window.scrollY");
        float top = (await Row(page, 5000).BoundingBoxAsync())!.Y;
        await Row(page, 5000).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(0);

        await page.GoBackAsync();

        await Expect(Row(page, 5000)).ToBeInViewportAsync();
        await page.SettleAsync();
        Assert.Equal(place, await page.EvaluateAsync<double>("() => window.scrollY"), 2.0);
        Assert.Equal(top, (await Row(page, 5000).BoundingBoxAsync())!.Y, 2.0f);
    }

    [Fact]
    public async Task The_keys_reach_every_row_and_the_list_stays_one_stop_of_the_tab_key()
    {
        IPage page = await OpenListAsync();
        await LoadAllAsync(page);
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Link(page, 0).FocusAsync();

        await page.Keyboard.PressAsync("End");
        await Expect(Link(page, _count - 1)).ToBeFocusedAsync();
        for (int i = 0; i < 120; i++)
        {
            await page.Keyboard.PressAsync("ArrowUp");
        }

        await Expect(Link(page, _count - 121)).ToBeFocusedAsync();
        await Expect(Link(page, _count - 121)).ToBeInViewportAsync();

        // The focus stays where it is while others are looked at.
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Expect(Row(page, 0)).ToBeInViewportAsync();
        await Expect(Link(page, _count - 121)).ToBeFocusedAsync();
        Assert.Equal(1, await page.Locator("tbody a[href][tabindex='0']").CountAsync());
        await page.Keyboard.PressAsync("Home");
        await Expect(Link(page, 0)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_printed_list_has_all_rows_and_the_search_of_the_browser_finds_those_that_are_not_drawn()
    {
        _count = 1200;
        IPage page = await OpenListAsync();
        await LoadAllAsync(page);
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");

        await Expect(page.Locator("td [hidden='until-found']").Filter(new() { HasText = "ada/set-1199" })).ToHaveCountAsync(1);
        await page.MustBeAccessibleAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Expect(Rows(page)).ToHaveCountAsync(_count);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
        await Expect(Row(page, 1199)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_page_that_cannot_be_loaded_is_asked_for_again_by_the_button_only()
    {
        int asked = 0;
        IPage page = await OpenListAsync(async route =>
        {
            if (!route.Request.Url.Contains("cursor", StringComparison.Ordinal))
            {
                await AnswerAsync(route);
                return;
            }

            asked++;
            await route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = """{"code":"forbidden","detail":"No."}""" });
        });

        await page.EvaluateAsync("() => window.scrollTo(0, document.body.scrollHeight)");
        ILocator more = page.GetByRole(AriaRole.Button, new() { Name = "Show more" });
        await Expect(more).ToBeVisibleAsync();
        await Expect(more).Not.ToHaveAttributeAsync("data-loading", "true");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr').length > 0");
        await page.UnrouteAsync("**/api/v1/datasets?*");
        await page.RouteAsync("**/api/v1/datasets?*", AnswerAsync);
        Assert.InRange(asked, 1, 4);
        await more.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-rowcount", "1201");
    }

    private static ILocator Rows(IPage page) => page.Locator("tbody:not([aria-hidden]) tr");

    private static ILocator Row(IPage page, int place) => page.Locator($"tbody tr[aria-rowindex='{place + 2}']");

    private static ILocator Link(IPage page, int place) => Row(page, place).GetByRole(AriaRole.Link);

    private async Task<IPage> OpenListAsync()
    {
        return await OpenListAsync(AnswerAsync);
    }

    private async Task<IPage> OpenListAsync(Func<IRoute, Task> answer)
    {
        string id = await DatasetAsync("set");
        _example = JsonNode.Parse((await Site.RequestAsync(HttpMethod.Get, "datasets/" + id, token: Token)).GetRawText());
        IPage page = await OpenAsync();
        await page.RouteAsync("**/api/v1/datasets?*", answer);
        await page.GotoAsync("/datasets");
        await Expect(Row(page, 0)).ToBeVisibleAsync(new() { Timeout = 10_000 });
        return page;
    }

    private async Task LoadAllAsync(IPage page)
    {
        while (await page.GetByRole(AriaRole.Table).GetAttributeAsync("aria-rowcount") != $"{_count + 1}")
        {
            await page.EvaluateAsync("() => new Promise(done => { window.scrollTo(0, document.body.scrollHeight); setTimeout(done, 50); })");
        }
    }

    /// <summary>A page of the list, as the server gives it. Every third row is higher, as it has a title.</summary>
    private Task AnswerAsync(IRoute route)
    {
        NameValueCollection query = HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
        int first = int.Parse(query["cursor"] ?? "0", CultureInfo.InvariantCulture);
        int end = Math.Min(_count, first + int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
        var page = new JsonObject
        {
            ["items"] = new JsonArray([.. Enumerable.Range(first, end - first).Select(Dataset)]),
            ["next"] = end < _count ? end.ToString(CultureInfo.InvariantCulture) : null,
        };
        return route.FulfillAsync(new() { ContentType = "application/json", Body = page.ToJsonString() });
    }

    private JsonNode Dataset(int place)
    {
        JsonNode dataset = _example!.DeepClone();
        dataset["id"] = $"00000000-0000-0000-0000-{place:000000000000}";
        dataset["name"] = $"ada/set-{place:0000}";
        dataset["title"] = place % 3 == 0 ? $"Crystal {place}" : null;
        return dataset;
    }
}
