using System.Globalization;
using System.Text.RegularExpressions;
using Hutch.Agent;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The folders of a facility, for its operators.</summary>
public sealed class FacilityTests(Browser browser) : Journey(browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 180_000 };
    private static readonly LocatorAssertionsToContainTextOptions Shortly = new() { Timeout = 180_000 };

    protected override AgentOptions Agent => new() { Folders = [new WatchedFolderOptions { Watch = Folder, Keep = "60d" }] };

    [Fact]
    public async Task A_folder_becomes_a_dataset_and_is_seen_to_grow_until_acquisition_ends()
    {
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();
        await page.GotoAsync("/admin/facility");
        await Expect(page.GetByText("No folders yet")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Watched folders" })).ToContainTextAsync(Folder);

        Write("krios_1/.running", "");
        ILocator row = Row(page, "krios_1");
        await Expect(row).ToContainTextAsync("Waiting", Shortly);
        Write("krios_1/Movies/1.mrc", new string('x', 1_000_000));
        Write("krios_1/SPA.yml", "DataId: 1\n");
        await Expect(row).ToContainTextAsync("Acquiring", Shortly);
        await Expect(row).ToContainTextAsync("1.00 MB", Shortly);
        Write("krios_1/Movies/2.mrc", new string('y', 2_000_000));
        await Expect(row).ToContainTextAsync("3.00 MB", Shortly);
        File.Delete(Path.Combine(Folder, "krios_1/.running"));
        await Expect(row).ToContainTextAsync("Published", Shortly);

        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("krios") }).ClickAsync();
        await Expect(page.GetByText("Movies").First).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Folders_with_problems_come_first_with_the_reason_and_are_found_by_state_and_text()
    {
        Write("a_good/SPA.yml", "DataId: 1\n");
        Write("b_bad/SPA.yml", "DataId: [\n");
        Write("c_empty/note.txt", "");
        IPage page = await OpenAsync("admin");
        await page.GotoAsync("/admin/facility");
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Folders", Exact = true }).Locator("tbody").GetByRole(AriaRole.Row);

        await Expect(rows).ToHaveCountAsync(3, new() { Timeout = 180_000 });
        await Expect(rows.First).ToContainTextAsync("b_bad", Shortly);
        await Expect(rows.First).ToContainTextAsync("YAML");
        await page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("waiting");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("c_empty");
        await Expect(page).ToHaveURLAsync(new Regex("show=waiting"));
        await page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("all");
        await Expect(rows).ToHaveCountAsync(3);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("GOOD");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("a_good");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("no such folder");
        await Expect(page.GetByText("No match")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_calendar_shows_what_ends_when()
    {
        Write("krios_1/SPA.yml", "DataId: 1\n");
        Write("krios_1/.running", "");
        Write("krios_2/SPA.yml", "DataId: 2\n");
        IPage page = await OpenAsync("admin");
        await page.GotoAsync("/admin/facility");
        await Expect(Row(page, "krios_1")).ToContainTextAsync("Acquiring", Shortly);
        DateTime ends = DateTime.Now.AddDays(60);
        File.Delete(Path.Combine(Folder, "krios_1/.running"));
        await Expect(Row(page, "krios_1")).ToContainTextAsync("Published", Shortly);

        await page.GetByText("Calendar").ClickAsync();
        for (int month = Months(DateTime.Now); month < Months(ends); month++)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Month after" }).ClickAsync();
        }

        string day = ends.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        ILocator button = page.GetByRole(AriaRole.Button, new() { Name = $"{day}: 1 folder" });
        await Expect(button).ToBeVisibleAsync(Soon);
        await button.ClickAsync();
        await Expect(Row(page, "krios_1")).ToBeVisibleAsync();
        await Expect(page.GetByText("krios_2")).ToHaveCountAsync(0);

        static int Months(DateTime time) => (time.Year * 12) + time.Month;
    }

    [Fact]
    public async Task Table_and_calendar_are_accessible_on_each_screen()
    {
        for (int i = 1; i <= 4; i++)
        {
            Write($"2026112{i}_krios/SPA.yml", i == 3 ? "DataId: [\n" : $"DataId: {i}\n");
            Write($"2026112{i}_krios/.running", "");
            Write($"2026112{i}_krios/gain.mrc", new string('x', i * 1000));
        }

        IPage page = await OpenAsync("admin", height: 844);
        List<string> errors = page.Listen();
        await page.GotoAsync("/admin/facility");
        await Expect(Row(page, "20261124_krios")).ToContainTextAsync("Acquiring", Shortly);
        File.Delete(Path.Combine(Folder, "20261121_krios/.running"));
        File.Delete(Path.Combine(Folder, "20261122_krios/.running"));
        await Expect(Row(page, "20261121_krios")).ToContainTextAsync("Published", Shortly);
        await Expect(Row(page, "20261122_krios")).ToContainTextAsync("Published", Shortly);
        await page.LookAsync(
            ("facility", 1280, 844, ColorScheme.Light), ("facility-dark", 1280, 844, ColorScheme.Dark), ("facility-phone", 390, 844, ColorScheme.Light));

        await page.GetByText("Calendar").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Month after" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Month after" }).ClickAsync();
        await page.LookAsync(
            ("facility-calendar", 1280, 844, ColorScheme.Light), ("facility-dark-calendar", 1280, 844, ColorScheme.Dark),
            ("facility-phone-calendar", 390, 844, ColorScheme.Light));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Only_operators_see_the_facility_page()
    {
        IPage page = await OpenAsync();

        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Datasets" }).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Facility" })).ToHaveCountAsync(0);
        await page.GotoAsync("/admin/facility");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not load the folders");
    }

    private static ILocator Row(IPage page, string folder) => page.GetByRole(AriaRole.Row).Filter(new() { HasText = folder }).First;

    private void Write(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
