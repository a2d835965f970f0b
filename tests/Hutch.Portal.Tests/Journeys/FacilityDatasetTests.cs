using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Agent;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The dataset of a facility's folder: for strangers with the link, for members, and for who manages it.</summary>
public sealed partial class FacilityDatasetTests(Browser browser) : Journey(browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 180_000 };
    private static readonly string[] Personal =
        ["Undisclosed User", "user@example.org", "Masaryk", "UserType"];

    protected override AgentOptions Agent => new()
    {
        Folders = [new WatchedFolderOptions { Watch = Folder, Keep = "60d", MaxKeep = "90d" }],
    };

    [Fact]
    public async Task The_link_shows_a_stranger_the_growing_dataset_without_people_and_the_invite_makes_a_member()
    {
        await PublishAsync();
        string invite = InvitePattern().Match(await ReadAsync(".hutch-invite", InvitePattern())).Value;
        string link = LinkPattern().Match(await ReadAsync("SPA.yml", LinkPattern())).Groups[1].Value;
        IPage page = await OpenAsStrangerAsync();
        List<string> errors = page.Listen();
        Heard heard = await Heard.ListenAsync(page);

        await page.GotoAsync(new Uri(link).PathAndQuery + new Uri(link).Fragment);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Movies" })).ToBeVisibleAsync(Soon);
        Write("atlas.mrc", "frames");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "atlas.mrc" })).ToBeVisibleAsync(Soon);
        await heard.RecordAsync("atlas.mrc");
        await page.PictureAsync("facility-link");
        await page.GetByRole(AriaRole.Link, new() { Name = "SPA.yml" }).ClickAsync();
        await Expect(page.GetByText("TitanKrios").First).ToBeVisibleAsync();
        await heard.RecordAsync("TitanKrios");
        foreach ((string tab, string shown) in new[] { ("Metadata", "TitanKrios"), ("History", "No versions"), ("Lineage", "No lineage yet") })
        {
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = tab }).ClickAsync();
            await page.SettleAsync();
            await heard.RecordAsync(shown);
        }

        string all = await heard.AllAsync();
        Assert.Contains("entry.put", all, StringComparison.Ordinal);
        Assert.All([.. Personal, invite, "hutch-invite"], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.DoesNotContain("/personal", heard.Asked);
        Assert.Empty(errors);

        await Site.UserAsync("bob");
        IPage bob = await OpenAsync("bob");
        await bob.GotoAsync("/shared");
        await Expect(bob.GetByText("Nothing shared with you yet")).ToBeVisibleAsync();
        await bob.GotoAsync("/invite#code=" + invite);
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept as bob" }).ClickAsync();
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "atlas.mrc" })).ToBeVisibleAsync();
        await bob.GetByRole(AriaRole.Link, new() { Name = "Metadata" }).ClickAsync();
        await Expect(bob.GetByText("Undisclosed User")).ToBeVisibleAsync();
        await bob.GotoAsync("/shared");
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "admin/krios-1" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Only_members_see_people_in_the_metadata_file_and_in_place_files_show_no_buttons_to_change_them()
    {
        string id = await PublishAsync();
        IPage page = await OpenAsync("admin", 1280, 1000);
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/metadata");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "People" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Undisclosed User")).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "user@example.org" }))
            .ToHaveAttributeAsync("href", "mailto:user@example.org");
        await Expect(page.GetByText("CEITEC, Masaryk University")).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "User.UserType internal" })).ToBeVisibleAsync();
        await page.LookAsync(
            ("facility-people", 1280, 1000, ColorScheme.Light), ("facility-people-dark", 1280, 1000, ColorScheme.Dark),
            ("facility-people-phone", 390, 1000, ColorScheme.Light));
        Assert.Empty(errors);

        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "SPA.yml" })).ToBeVisibleAsync(Soon);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Upload" })).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("drop-zone")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "SPA.yml" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(0);

        // Readers of a public dataset without membership see neither its people nor a refusal.
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { visibility = "public" });
        await Site.UserAsync("bob");
        foreach (IPage other in new[] { await OpenAsync("bob"), await OpenAsStrangerAsync() })
        {
            await other.GotoAsync($"/datasets/{id}/metadata");
            await Expect(other.GetByText("TitanKrios").First).ToBeVisibleAsync();
            await other.WaitForLoadStateAsync(LoadState.Load);
            await other.SettleAsync();
            await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "People" })).ToHaveCountAsync(0);
            await Expect(other.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
            await Expect(other.GetByRole(AriaRole.Button, new() { Name = "Change" })).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task A_manager_extends_the_retention_of_files_within_the_limits_of_the_facility()
    {
        string id = await PublishAsync();
        IPage page = await OpenAsync("admin", height: 844);
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByText("counts from the end of acquisition")).ToBeVisibleAsync();
        await Expect(page.GetByText("Acquiring", new() { Exact = true })).ToBeVisibleAsync();

        File.Delete(Path.Combine(Folder, "krios_1/.running"));
        await Expect(page.GetByText("The files stay at the facility until")).ToBeVisibleAsync(Soon);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep longer" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Without an end date").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("give an earlier time");
        await Expect(dialog.GetByRole(AriaRole.Alert)).Not.ToContainTextAsync("send it again");
        await page.LookAsync(
            ("facility-keep", 1280, 844, ColorScheme.Light), ("facility-keep-dark", 1280, 844, ColorScheme.Dark),
            ("facility-keep-phone", 390, 844, ColorScheme.Light));

        await dialog.GetByText("Until a date").ClickAsync();
        DateTime day = DateTime.Now.AddDays(75).Date;
        await dialog.GetByLabel("Until the end of").FillAsync(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        string end = day.AddDays(1).AddSeconds(-1).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        await Expect(page.Locator($"time[datetime^='{end}']").First).ToBeVisibleAsync();
        await page.PictureAsync("facility-keep-line");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.PictureAsync("facility-keep-dark-line");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(390, 844);
        await page.PictureAsync("facility-keep-phone-line");
        Assert.Empty(errors);
    }

    /// <summary>Publishes a folder in which acquisition goes on; returns the id of its dataset.</summary>
    private async Task<string> PublishAsync()
    {
        Write(".running", "");
        Write("Movies/1.mrc", "frames");
        Write("SPA.yml", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/data/facility/SPA.yml"), Ct));
        string id = SpacePattern().Match(await ReadAsync("SPA.yml", SpacePattern())).Groups[1].Value;
        await ReadAsync(".hutch-invite", InvitePattern());
        return id;
    }

    /// <summary>Reads a file of the folder when the agent has written something into it.</summary>
    private async Task<string> ReadAsync(string name, Regex something)
    {
        string path = Path.Combine(Folder, "krios_1", name);
        while (true)
        {
            string text = File.Exists(path) ? await File.ReadAllTextAsync(path, Ct) : "";
            Assert.DoesNotContain("Error:", text);
            if (something.IsMatch(text))
            {
                return text;
            }

            await Task.Delay(50, Ct);
        }
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(Folder, "krios_1", path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);

        // Writes the file at once: a half-read file would be reported as wrong until the agent reads it again.
        string fresh = Path.Combine(Path.GetDirectoryName(Folder.TrimEnd('/'))!, Path.GetRandomFileName());
        File.WriteAllText(fresh, text);
        File.Move(fresh, full, overwrite: true);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [GeneratedRegex(@"(?<=#code=)\S+")]
    private static partial Regex InvitePattern();

    [GeneratedRegex(@"PublicURL: [""']?(https://[^\s""']+#[^\s""']+)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"Space: (\S+)")]
    private static partial Regex SpacePattern();

    /// <summary>All that a page shows, and all that the server answers it and tells it of events.</summary>
    private sealed class Heard(IPage page)
    {
        private readonly List<string> _shown = [];
        private readonly List<Task<string>> _answers = [];

        public string Asked { get; private set; } = "";

        public static async Task<Heard> ListenAsync(IPage page)
        {
            var heard = new Heard(page);
            await page.AddInitScriptAsync(
                """
                window.heard = [];
                window.EventSource = class extends EventSource {
                  addEventListener(kind, listener) {
                    super.addEventListener(kind, event => { window.heard.push(kind + " " + event.data); listener(event); });
                  }
                };
                """);
            page.Request += (_, request) => heard.Asked += request.Url + "\n";
            page.RequestFinished += (_, request) =>
            {
                if (request.Url.Contains("/api/v1/", StringComparison.Ordinal))
                {
                    heard._answers.Add(BodyAsync(request));
                }
            };
            return heard;
        }

        /// <summary>Notes what the page shows when this text is on it.</summary>
        public async Task RecordAsync(string text)
        {
            await Expect(page.Locator("body")).ToContainTextAsync(text);
            _shown.Add(await page.ContentAsync());
        }

        public async Task<string> AllAsync()
        {
            string[] answers = await Task.WhenAll(_answers);
            JsonElement events = await page.EvaluateAsync<JsonElement>("() => window.heard");
            return string.Join('\n', [.. _shown, .. answers, .. events.EnumerateArray().Select(told => told.GetString()!)]);
        }

        /// <summary>The answer as text. Pictures name no people, and the browser keeps neither them nor answers without a body.</summary>
        private static async Task<string> BodyAsync(IRequest request) =>
            await request.ResponseAsync() is { Status: not (204 or 304) } response
            && request.Method != "HEAD"
            && !response.Headers.GetValueOrDefault("content-type", "").StartsWith("image/", StringComparison.Ordinal)
                ? await response.TextAsync()
                : "";
    }
}
