using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A session that expires while a form or a dialog is open: nothing that was typed is lost, whatever is done about it.</summary>
public sealed class ExpiryTests(Browser browser) : Journey(browser)
{
    private static readonly Dictionary<string, Form> Forms = new()
    {
        ["dataset"] = new("new", null, "Title", "Create dataset", "This dataset is empty"),
        ["metadata"] = new("datasets/{id}/metadata", "Add metadata", "Document", "Save", "Metadata saved."),
        ["publication"] = new("datasets/{id}/publication", null, "Abstract", "Save the draft", "Saved"),
        ["folder"] = new("datasets/{id}", "New folder", "Name", "Create folder", "typed-with-care"),
        ["rename"] = new("datasets/{id}", "Rename", "New name", "Rename", "typed-with-care", IsOfSelection: true),
        ["move"] = new("datasets/{id}", "Move", "To folder", "Move here", "typed-with-care", IsOfSelection: true),
        ["version"] = new("datasets/{id}/versions", "Create version", "Message", "Create version", "typed-with-care"),
        ["invite"] = new("datasets/{id}/access", null, "Send to", "Create invite", "Invite created."),
        ["share"] = new("datasets/{id}/access", null, "Person, group or email", "Share", "typed-with-care"),
        ["token"] = new("tokens", "New token", "Name", "Create token", "typed-with-care"),
        ["group"] = new("groups", "New group", "Name", "Create group", "typed-with-care"),
    };

    [Fact]
    public async Task A_form_whose_session_expires_keeps_what_was_typed_and_sends_it_after_the_login()
    {
        await Site.UserAsync("typed-with-care");
        IPage page = await OpenAsync();
        foreach ((string name, Form form) in Forms)
        {
            string id = await DatasetAsync("for-" + name, ("a.txt", "1"));
            await page.GotoAsync("/" + form.Page.Replace("{id}", id, StringComparison.Ordinal));
            await MustBeKeptAsync(page, name, form);
        }
    }

    private static async Task MustBeKeptAsync(IPage page, string name, Form form)
    {
        if (form.IsOfSelection)
        {
            await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select a.txt" }).ClickAsync();
        }

        if (form.Opens is { } opens)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = opens, Exact = true }).First.ClickAsync();
        }

        string typed = name switch { "metadata" => """{"sample": "typed-with-care"}""", "invite" => "typed-with-care@example.org", _ => "typed-with-care" };
        ILocator field = page.GetByRole(AriaRole.Textbox, new() { Name = form.Field, Exact = true }).First;
        ILocator send = page.GetByRole(AriaRole.Button, new() { Name = form.Sends, Exact = true, IncludeHidden = true }).Last;
        ILocator login = page.GetByRole(AriaRole.Dialog, new() { Name = "Your session has expired" });
        await field.FillAsync(typed);
        await page.Context.ClearCookiesAsync();

        // Not a mouse click: if the page has sent a request of its own in between, the dialog is open and covers the button.
        await send.DispatchEventAsync("click");
        await Expect(login).ToBeVisibleAsync();
        await page.PictureAsync(name == "metadata" ? "session-ended" : "expired-" + name);
        await page.Keyboard.PressAsync("Escape");
        await Expect(login).ToHaveCountAsync(0);
        await Expect(field).ToHaveValueAsync(typed);

        await send.DispatchEventAsync("click");
        await login.Locator("input[autocomplete=current-password]").FillAsync(PortalSite.Password);
        await Expect(field).ToHaveValueAsync(typed);
        await login.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(login).ToHaveCountAsync(0);
        await Expect(page.GetByText(form.Done).First).ToBeVisibleAsync();
        if (name == "metadata")
        {
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Metadata" })).ToContainTextAsync("typed-with-care");
        }
    }

    [Fact]
    public async Task Files_that_were_chosen_are_uploaded_after_the_login()
    {
        string id = await DatasetAsync("lysozyme");
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
        await page.Context.ClearCookiesAsync();

        await page.GetByTestId("upload-files").SetInputFilesAsync(
            new FilePayload { Name = "chosen.txt", MimeType = "text/plain", Buffer = "chosen with care"u8.ToArray() });
        ILocator login = page.GetByRole(AriaRole.Dialog, new() { Name = "Your session has expired" });
        await login.Locator("input[autocomplete=current-password]").FillAsync(PortalSite.Password);
        await login.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();

        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync();
        await MustHoldAsync(id, "chosen with care"u8.ToArray());
    }

    [Fact]
    public async Task A_page_that_cannot_be_reloaded_for_a_while_keeps_typed_text()
    {
        string id = await DatasetAsync("lysozyme", ("a.txt", "1"));
        await MustKeepAsync(await OpenAsync(), id, "publication", "Abstract");
        await MustKeepAsync(await OpenAsync(), id, "versions", "Message");
    }

    private static async Task MustKeepAsync(IPage page, string id, string tab, string label)
    {
        await page.Clock.InstallAsync();
        await page.GotoAsync($"/datasets/{id}/{tab}");
        if (tab == "versions")
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Create version" }).ClickAsync();
        }

        ILocator field = page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true });
        await field.FillAsync("typed with care");
        string asked = tab == "versions" ? "snapshots" : tab;
        await page.RouteAsync($"**/datasets/*/{asked}*", route => route.FulfillAsync(new() { Status = 500, Body = "{}" }));

        // Later the tab becomes visible again, and reloads its data.
        await page.Clock.FastForwardAsync("00:10:00");
        await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"),
            response => response.Status == 500);
        await page.Clock.RunForAsync(1000);

        await Expect(field).ToHaveValueAsync("typed with care");
    }

    /// <summary>A form of the portal.</summary>
    /// <param name="Page">Where it is.</param>
    /// <param name="Opens">The button that opens it, if it is not there at once.</param>
    /// <param name="Field">Its field for words.</param>
    /// <param name="Sends">The button that sends it.</param>
    /// <param name="Done">What is to be seen afterwards.</param>
    /// <param name="IsOfSelection">Whether a file is selected first.</param>
    private sealed record Form(string Page, string? Opens, string Field, string Sends, string Done, bool IsOfSelection = false);
}
