using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Tokens created and revoked in the portal.</summary>
public sealed class TokenTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_token_works_with_the_commands_shown_until_it_is_revoked()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "hello"));
        using var shell = new CommandLine();
        IPage page = await OpenAsync();

        await page.GotoAsync("/tokens");
        await page.GetByRole(AriaRole.Button, new() { Name = "New token" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("laptop");
        await page.PictureAsync("token-new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();
        string secret = await page.GetByRole(AriaRole.Textbox, new() { Name = "Token", Exact = true }).InnerTextAsync();
        string login = await page.GetByRole(AriaRole.Textbox, new() { Name = "Login command" }).InnerTextAsync();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open with" }).ClickAsync();
        string clone = await page.GetByRole(AriaRole.Textbox, new() { Name = "Clone command" }).InnerTextAsync();
        await page.PictureAsync("dataset-clone");

        (int code, string said) = await shell.RunAsync(secret, login.Split(' ')[1..]);
        Assert.True(code == 0, said);
        (code, said) = await shell.RunAsync(null, clone.Split(' ')[1..]);
        Assert.True(code == 0, said);

        await page.GotoAsync("/tokens");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke token laptop" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke token", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Revoke token laptop" })).ToHaveCountAsync(0);
        (code, said) = await shell.RunAsync(null, "list");
        Assert.NotEqual(0, code);
        Assert.Contains("revoked", said, StringComparison.OrdinalIgnoreCase);
    }
}
