using Hutch.Peers.OpenId;
using Hutch.Portal.Tests.Support;
using Hutch.Zone;
using Hutch.Zone.OpenId;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Logging in through a real OpenID provider, in a real browser.</summary>
public sealed class OpenIdTests(Browser browser, OpenIdProvider provider)
{
    [Fact]
    public async Task The_button_leads_to_the_provider_and_back_to_the_page()
    {
        await using PortalSite site = await PortalSite.StartAsync(With(await provider.IssuerAsync()));
        // The provider knows the server by a name, which this browser takes for the server's address.
        await using IBrowser mapped = await browser.LaunchAsync($"--host-resolver-rules=MAP hutch.test {site.Address.Authority}");
        IPage page = await mapped.NewPageAsync();

        await page.GotoAsync(OpenIdProvider.Portal + "/tokens");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Log in with The facility" })).ToBeVisibleAsync();
        await page.PictureAsync("login-openid");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with The facility" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tokens", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Your account" }).ClickAsync();
        await Expect(page.GetByText("Ada Lovelace")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_session_that_expires_in_a_form_continues_after_a_login_at_the_provider()
    {
        await using PortalSite site = await PortalSite.StartAsync(With(await provider.IssuerAsync()));
        await using IBrowser mapped = await browser.LaunchAsync($"--host-resolver-rules=MAP hutch.test {site.Address.Authority}");
        IBrowserContext window = await mapped.NewContextAsync();
        IPage page = await window.NewPageAsync();
        await page.GotoAsync(OpenIdProvider.Portal + "/new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with The facility" }).ClickAsync();
        await page.GetByLabel("Title").FillAsync("Typed with care");

        await window.ClearCookiesAsync(new() { Name = "hutch_session" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Create dataset" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Your session has expired" });
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        window.Page += (_, opened) => opened.Close += (_, _) => closed.TrySetResult();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Log in with The facility" }).ClickAsync();

        // The provider's window closes without a click, and the form is sent.
        await closed.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await Expect(page.GetByText("Typed with care").First).ToBeVisibleAsync();
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_provider_that_is_down_is_reported()
    {
        await using PortalSite site = await PortalSite.StartAsync(With("http://127.0.0.1:9"));
        await using IBrowserContext window = await site.AnonymousAsync(browser);
        IPage page = await window.NewPageAsync();

        await page.GotoAsync("/login?error=provider-unavailable");

        await Expect(page.GetByText("The identity provider is not responding")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Username" })).ToBeVisibleAsync();
    }

    private static ZoneOptions With(string issuer) => new()
    {
        Durable = false,
        PublicUrl = new Uri(OpenIdProvider.Portal),
        Oidc = new OidcOptions
        {
            Providers = [new OidcProviderOptions { Id = "facility", Label = "The facility", Issuer = issuer, ClientId = OpenIdProvider.Client("ES256"), ClientSecret = OpenIdProvider.Secret }],
        },
    };
}
