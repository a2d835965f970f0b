using System.Collections.Specialized;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Web;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A thousand datasets in one list, of which the rows near the window are drawn.</summary>
public sealed class LongListTests(Browser browser) : Journey(browser)
{
    private const int MostDrawn = 500, Count = 1200;

    private JsonNode? _example;

    [Fact]
    public async Task Rows_near_the_window_are_loaded_and_drawn_and_found_by_Back_by_the_keys_by_the_browser_and_in_print()
    {
        IPage page = await OpenListAsync();
        await LoadAllAsync(page);
        Assert.InRange(await Rows(page).CountAsync(), 1, MostDrawn);
        await MustBeFoundByBackAsync(page);
        await MustBeReachedByKeysAsync(page);

        // The search of the browser finds rows that are not drawn; in print there are all of them.
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Expect(page.Locator("td [hidden='until-found']").Filter(new() { HasText = "ada/set-1199" })).ToHaveCountAsync(1);
        await page.MustBeAccessibleAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Expect(Rows(page)).ToHaveCountAsync(Count);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
        await Expect(Row(page, Count - 1)).ToHaveCountAsync(0);
    }

    private static async Task MustBeFoundByBackAsync(IPage page)
    {
        await page.EvaluateAsync("() => window.scrollTo(0, document.body.scrollHeight / 2)");
        await Expect(Row(page, 600)).ToBeAttachedAsync();
        await Row(page, 600).ScrollIntoViewIfNeededAsync();
        await page.SettleAsync();
        Assert.InRange(await Rows(page).CountAsync(), 1, MostDrawn);
        double place = await page.EvaluateAsync<double>("() => window.scrollY");
        float top = (await Row(page, 600).BoundingBoxAsync())!.Y;
        await Row(page, 600).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(0);

        await page.GoBackAsync();

        await Expect(Row(page, 600)).ToBeInViewportAsync();
        await page.SettleAsync();
        Assert.Equal(place, await page.EvaluateAsync<double>("() => window.scrollY"), 2.0);
        Assert.Equal(top, (await Row(page, 600).BoundingBoxAsync())!.Y, 2.0f);
    }

    /// <summary>The keys reach every row, and the list is one stop of the key Tab.</summary>
    private static async Task MustBeReachedByKeysAsync(IPage page)
    {
        const int Up = 120;
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Link(page, 0).FocusAsync();

        await page.Keyboard.PressAsync("End");
        await Expect(Link(page, Count - 1)).ToBeFocusedAsync();
        for (int i = 0; i < Up; i++)
        {
            await page.Keyboard.PressAsync("ArrowUp");
        }

        ILocator reached = Link(page, Count - 1 - Up);
        await Expect(reached).ToBeFocusedAsync();
        await Expect(reached).ToBeInViewportAsync();

        // The focus stays where it is while others are looked at.
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Expect(Row(page, 0)).ToBeInViewportAsync();
        await Expect(reached).ToBeFocusedAsync();
        Assert.Equal(1, await page.Locator("tbody a[href][tabindex='0']").CountAsync());
        await page.Keyboard.PressAsync("Home");
        await Expect(Link(page, 0)).ToBeFocusedAsync();
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

        // The button is there before the page behind it has been refused.
        await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync("() => window.scrollTo(0, document.body.scrollHeight)"),
            static answer => answer.Url.Contains("cursor", StringComparison.Ordinal));
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
        while (await page.GetByRole(AriaRole.Table).GetAttributeAsync("aria-rowcount") != $"{Count + 1}")
        {
            await page.EvaluateAsync("() => new Promise(done => { window.scrollTo(0, document.body.scrollHeight); setTimeout(done, 50); })");
        }
    }

    /// <summary>A page of the list, as the server gives it. Every third row is higher, as it has a title.</summary>
    private Task AnswerAsync(IRoute route)
    {
        NameValueCollection query = HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
        int first = int.Parse(query["cursor"] ?? "0", CultureInfo.InvariantCulture);
        int end = Math.Min(Count, first + int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
        var page = new JsonObject
        {
            ["items"] = new JsonArray([.. Enumerable.Range(first, end - first).Select(Dataset)]),
            ["next"] = end < Count ? end.ToString(CultureInfo.InvariantCulture) : null,
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
