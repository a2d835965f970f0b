using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A server that hangs, and one that cannot be reached for a while.</summary>
public sealed class UnreachableTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_server_that_does_not_respond_shows_a_progress_bar_at_once_and_a_message_after_a_while()
    {
        await DatasetAsync("lysozyme");
        IPage page = await OpenAsync();
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/api/v1/datasets?*", async route =>
        {
            await answers.Task;
            await route.ContinueAsync();
        });

        await page.GotoAsync("/datasets");
        ILocator line = page.GetByRole(AriaRole.Progressbar, new() { Name = "Waiting for the server" });
        await Expect(line).ToBeVisibleAsync();
        await Expect(page.GetByText("Still waiting…")).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Screenshots, "server-hangs.png") });
        answers.SetResult();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" })).ToBeVisibleAsync();
        await Expect(line).ToHaveCountAsync(0);
        await Expect(page.GetByText("Still waiting…")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Failed_pages_load_automatically_when_the_server_is_back()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "there again"));
        IPage page = await OpenAsync();
        bool isDown = false;
        await page.RouteAsync("**/*", route => isDown ? route.AbortAsync("connectionrefused") : route.ContinueAsync());
        await page.GotoAsync("/datasets");
        ILocator link = page.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" });
        await Expect(link).ToBeVisibleAsync();

        // The code of a page that was not opened before.
        isDown = true;
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        page.RequestFailed += (_, _) => failed.TrySetResult();
        await link.ClickAsync();
        await failed.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        isDown = false;
        ILocator file = page.GetByRole(AriaRole.Link, new() { Name = "notes.txt" });
        await Expect(file).ToBeVisibleAsync();

        // Data: lists, folders and files.
        await page.GetByRole(AriaRole.Link, new() { Name = "Datasets", Exact = true }).ClickAsync();
        await MustComeBackAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Trash" }).ClickAsync(), page.GetByText("The trash is empty"));
        await page.GotoAsync($"/datasets/{id}");
        await Expect(file).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("none");
        await Expect(page.GetByText("No match")).ToBeVisibleAsync();
        await MustComeBackAsync(() => page.GetByRole(AriaRole.Searchbox).FillAsync("note"), file);
        await file.ClickAsync();
        await Expect(page.GetByText("there again")).ToBeVisibleAsync();

        async Task MustComeBackAsync(Func<Task> act, ILocator wanted)
        {
            isDown = true;
            await act();
            await Expect(page.GetByText("retries automatically").First).ToBeVisibleAsync();
            await page.PictureAsync("server-away");
            isDown = false;
            await Expect(wanted).ToBeVisibleAsync();
            await Expect(page.GetByText("retries automatically")).ToHaveCountAsync(0);
        }
    }
}
