using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A session at a microscope, as it looks and grows.</summary>
public sealed class MicroscopeTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_session_of_EPU_is_seen_from_the_atlas_to_the_movie_and_grows()
    {
        (string id, string folder) = await RecordAsync("epu", 18);
        string[] late = Directory.GetFiles(Path.Combine(folder, "Images-Disc1/GridSquare_4590702/Data"));
        await PutAsync(id, folder, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Except(late));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Microscope", Exact = true }).ClickAsync();
        ILocator counts = page.GetByTestId("microscope-counts");
        await Expect(counts).ToHaveTextAsync("9 squares · 72 holes · 16 exposures, 16 with a movie");

        await page.GetByRole(AriaRole.Button, new() { Name = "4590701: 8 exposures" }).ClickAsync();
        await Expect(page.GetByText("Holes of square 4590701")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "5665104: 1 exposure" }).ClickAsync();
        ILocator movies = page.GetByRole(AriaRole.Table, new() { Name = "Exposures" }).GetByRole(AriaRole.Link);
        await Expect(movies).ToHaveCountAsync(1);
        await Expect(movies).ToContainTextAsync("FoilHole_5665104_Data_");
        await Expect(page.Locator("[data-testid=newest-picture] [data-shown]")).ToHaveCountAsync(1);
        await page.MustBeAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Show all exposures" }).ClickAsync();
        await Expect(movies).ToHaveCountAsync(16);
        await Expect(page.Locator("[data-shown]")).ToHaveCountAsync(3);
        await page.PictureAsync("microscope");
        await PutAsync(id, folder, late);
        await Expect(counts).ToHaveTextAsync("9 squares · 72 holes · 18 exposures, 18 with a movie", new() { Timeout = 20_000 });
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_tilt_series_is_a_strip_by_angle_and_what_does_not_fit_is_named()
    {
        (string id, string folder) = await RecordAsync("serialem", 22, "--broken");
        await PutAsync(id, folder, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/microscope");

        await page.GetByLabel("Tilt series").SelectOptionAsync("TS_01.mrc.mdoc");

        ILocator tilts = page.GetByRole(AriaRole.List, new() { Name = "Tilts by angle" }).GetByRole(AriaRole.Listitem);
        await Expect(tilts).ToHaveCountAsync(11);
        await Expect(tilts.First).ToContainTextAsync("-30.0°");
        await Expect(tilts.Filter(new() { HasText = "no movie" })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("microscope-remarks")).ToContainTextAsync("All 11 tilts name one movie");
        await Expect(page.GetByTestId("movie-curve")).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    private async Task<(string Id, string Folder)> RecordAsync(string layout, int movies, params string[] more)
    {
        using var hutch = new CommandLine();
        (int code, string said) = await hutch.RunFullAsync(
        [
            "simulate", "microscope", Folder, "--session", layout, "--layout", layout, "--movies", $"{movies}", "--rate", "200", "--size",
            "64x64", "--frames", "2", "--quiet", .. more,
        ]);
        Assert.True(code == 0, said);
        return (await DatasetAsync(layout, ("notes.txt", "A session.")), Path.Combine(Folder, layout));
    }

    private async Task PutAsync(string id, string folder, IEnumerable<string> files)
    {
        foreach (string path in files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            string name = Path.GetRelativePath(folder, path);
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{name}", new ByteArrayContent(bytes), Token);
        }
    }
}
