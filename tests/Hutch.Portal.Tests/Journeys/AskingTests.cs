using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Who may see a dataset asks to read it, and who manages it answers.</summary>
public sealed class AskingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Access_is_asked_for_granted_and_there()
    {
        string id = await DatasetAsync("lysozyme", ("a.txt", "1"));
        await Site.UserAsync("bob");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "view" }, Token);
        IPage bob = await OpenAsync("bob", 390, 844);
        IPage ada = await OpenAsync();

        await bob.GotoAsync($"/datasets/{id}");
        await bob.GetByRole(AriaRole.Button, new() { Name = "Ask for access" }).ClickAsync();
        await bob.GetByLabel("What should they know?").FillAsync("For the comparison of detectors.");
        await bob.PictureAsync("access-ask-phone");
        await bob.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await Expect(bob.GetByText("have not answered yet")).ToBeVisibleAsync();
        await bob.MustBeAccessibleAsync();

        await ada.GotoAsync("/");
        await Expect(ada.GetByText("Bob asks for access")).ToBeVisibleAsync();
        await Expect(ada.GetByText("For the comparison of detectors.")).ToBeVisibleAsync();
        await ada.MustBeAccessibleAsync();
        await ada.PictureAsync("access-requests");
        await ada.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ada.PictureAsync("access-requests-dark");
        await ada.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" }).First.ClickAsync();
        await ada.GotoAsync($"/datasets/{id}/access");
        await ada.GetByRole(AriaRole.Button, new() { Name = "Grant" }).ClickAsync();
        await Expect(ada.GetByText("Bob asks for access")).ToHaveCountAsync(0);
        await Expect(ada.GetByLabel("Access of user:bob")).ToHaveValueAsync("read");

        await bob.GotoAsync($"/datasets/{id}");
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "a.txt" })).ToBeVisibleAsync();
        await Expect(bob.GetByText("not read its files")).ToHaveCountAsync(0);
    }
}
