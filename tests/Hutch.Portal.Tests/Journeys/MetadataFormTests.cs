using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Metadata are written in a form of the type, beside the document, and nothing that was typed is lost.</summary>
public sealed class MetadataFormTests(Browser browser) : Journey(browser)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_keyboard_alone_fills_the_form_and_a_value_with_an_unknown_unit_is_kept()
    {
        string id = await ScanAsync();
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add metadata" }).PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("lysozyme");
        await TabToAsync(page, "Keywords");
        await page.Keyboard.TypeAsync("hen");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("egg, white");
        await TabToAsync(page, "Techniques");
        await page.Keyboard.TypeAsync("serial femto");
        await page.GetByRole(AriaRole.Option, new() { Name = "serial femtosecond crystallography", Exact = true }).ClickAsync();
        await TabToAsync(page, "Wavelength");
        await page.Keyboard.TypeAsync("12 furlong");
        await TabToAsync(page, "Unit of Wavelength");

        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Wavelength" })).ToHaveValueAsync("12");
        await Expect(page.GetByLabel("Unit of Wavelength")).ToHaveValueAsync("furlong");
        await Expect(page.GetByText("Has the unit 'furlong', which is not known")).ToBeVisibleAsync();
        await Expect(page.GetByText("1 value still missing: Oscillation of an image")).ToBeVisibleAsync();
        await TabToAsync(page, "Detector distance");
        await page.Keyboard.TypeAsync("150");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Metadata saved.")).ToBeVisibleAsync();
        Assert.Equal(
            """{"sample":"lysozyme","keywords":["hen","egg, white"],"techniques":["serial femtosecond crystallography"],"wavelength":"12 furlong","detector_distance":150}""",
            JsonSerializer.Serialize(await DocumentAsync(id)));
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Detector distance 150 mm" })).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Values_from_a_file_are_offered_and_stored_on_request_and_never_change_written_values()
    {
        string id = await DatasetAsync("density");
        await Python.RunAsync(
            """
            import sys, mrcfile, numpy
            with mrcfile.new(sys.argv[1] + '/map.mrc') as f:
                f.set_data(numpy.zeros((20, 30, 40), 'f4'))
                f.voxel_size = 1.5
            """,
            Folder);
        byte[] map = await File.ReadAllBytesAsync(Path.Combine(Folder, "map.mrc"), TestContext.Current.CancellationToken);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/map.mrc", new ByteArrayContent(map), Token);
        await PutAsync(id, """{"sample": "ribosome", "size": [1, 2, 3]}""");
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/metadata");
        ILocator offer = page.GetByRole(AriaRole.Alert, new() { Name = "What a file says" });
        await Expect(offer).ToContainTextAsync("map.mrc looks like: Volume. It says: ");
        await Expect(offer).Not.ToContainTextAsync("size 40");
        await page.LookAsync(("metadata-found", 1280, 800, ColorScheme.Light), ("metadata-found-phone", 390, 844, ColorScheme.Dark));
        Assert.Equal("""{"sample":"ribosome","size":[1,2,3]}""", JsonSerializer.Serialize(await DocumentAsync(id)));
        await offer.GetByRole(AriaRole.Button, new() { Name = "Use this type" }).ClickAsync();
        await Expect(page.GetByText("Type: Volume, volume")).ToBeVisibleAsync();
        await offer.GetByRole(AriaRole.Button, new() { Name = "Add to metadata" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.GetByText("Metadata saved.")).ToBeVisibleAsync();
        await Expect(offer).ToBeHiddenAsync();
        Assert.Equal(
            """{"sample":"ribosome","size":[1,2,3],"voxel_size":{"value":[1.5,1.5,1.5],"unit":"Å"}}""",
            JsonSerializer.Serialize(await DocumentAsync(id), Plain));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_form_and_the_document_are_one_and_what_the_form_does_not_know_stays_as_it_was_written()
    {
        string id = await ScanAsync();
        await PutAsync(id, """{"wavelength": {"value": 0.90, "unit": "Å"}, "mine": {"id": 12345678901234567890}, "sample": ["a", "b"]}""");
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        ILocator document = DocumentOf(page);

        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" })).Not.ToBeEditableAsync();
        await page.GetByLabel("Unit of Wavelength").SelectOptionAsync("nm");
        await Expect(document).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("""{"value": 0.90, "unit": "nm"}"""));
        await document.FillAsync((await document.InputValueAsync()).Replace("0.90", "0.0910", StringComparison.Ordinal));
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Wavelength" })).ToHaveValueAsync("0.0910");
        await document.FillAsync((await document.InputValueAsync()) + "}");
        await Expect(page.GetByText("The form waits for the document")).ToBeVisibleAsync();
        await document.FillAsync((await document.InputValueAsync())[..^1]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.GetByText("Metadata saved.")).ToBeVisibleAsync();
        string text = (await DocumentAsync(id)).GetRawText();
        Assert.Contains("12345678901234567890", text, StringComparison.Ordinal);
        Assert.Contains("0.0910", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_users_editing_at_once_both_keep_their_text()
    {
        string id = await ScanAsync();
        await PutAsync(id, """{"sample": "lysozyme", "detector": "old"}""");
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" }).FillAsync("thaumatin");
        await page.GetByLabel("Instrument").FillAsync("P14");

        await PutAsync(id, """{"sample": "insulin", "detector": "Eiger"}""");
        await Expect(page.GetByText("Another user saved a newer version")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Changed by both" }).GetByRole(AriaRole.Row))
            .ToHaveTextAsync(["ValueTheirsYours", "sampleinsulinthaumatin"]);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("metadata-conflict");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add my changes to theirs" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Detector", Exact = true })).ToHaveValueAsync("Eiger");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.GetByText("Metadata saved.")).ToBeVisibleAsync();
        Assert.Equal(
            """{"sample":"thaumatin","detector":"Eiger","instrument":"P14"}""", JsonSerializer.Serialize(await DocumentAsync(id)));
    }

    [Fact]
    public async Task What_was_typed_outlives_the_page_until_it_is_given_up()
    {
        string id = await ScanAsync();
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add metadata" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" }).FillAsync("typed with care");

        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Metadata" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" })).ToHaveValueAsync("typed with care");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Give up" }).ClickAsync();

        await Expect(page.GetByText("No metadata yet")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("No metadata yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_history_shows_each_change_with_its_author_and_restores_an_earlier_version()
    {
        string id = await ScanAsync();
        await PutAsync(id, """{"sample": "lysozyme", "wavelength": 0.9}""");
        await PutAsync(id, """{"sample": "lysozyme", "wavelength": "0.91 Å", "mine": true}""");
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");

        ILocator newest = page.GetByRole(AriaRole.Button, new() { Name = "Wavelength, mine Version 2 by ada" });
        await newest.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Changes of version 2" }).GetByRole(AriaRole.Row))
            .ToHaveTextAsync(["ValueBeforeAfter", "Wavelength0.90.91 Å", "mine–true"]);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("metadata-history");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sample, Wavelength Version 1 by ada" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.GetByText("Metadata saved.")).ToBeVisibleAsync();
        Assert.Equal("""{"sample":"lysozyme","wavelength":0.9}""", JsonSerializer.Serialize(await DocumentAsync(id)));
    }

    [Fact]
    public async Task A_type_is_corrected_and_the_metadata_are_read_by_the_new_one()
    {
        string id = await DatasetAsync("scan");
        await PutAsync(id, """{"wavelength": 0.9}""");
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Also in the document" })).ToContainTextAsync("wavelength0.9");

        await page.GetByRole(AriaRole.Button, new() { Name = "Change type" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Type" }).FillAsync("mx/rot");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByText("1 value of the metadata fits it. What does not fit yet:")).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("metadata-type");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Change type" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Wavelength 0.9 Å" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Type: Rotation series, mx/rotation")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_form_is_accessible_on_each_screen()
    {
        string id = await ScanAsync();
        await PutAsync(id, """{"sample": "lysozyme", "wavelength": "12 furlong", "keywords": ["hen", "egg"], "beam_center": [1024, 1031.5], "collected": "2026-11-20", "mine": 1}""");
        IPage page = await OpenAsync("ada", 1280, 900);
        await page.GotoAsync($"/datasets/{id}/metadata");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(page.GetByText("Has the unit 'furlong', which is not known")).ToBeVisibleAsync();
        foreach ((string suffix, int width, int height, ColorScheme scheme) in new[]
        {
            ("", 1280, 900, ColorScheme.Light), ("-dark", 1280, 900, ColorScheme.Dark), ("-phone", 390, 844, ColorScheme.Light),
        })
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.True(await page.GetByLabel("Unit of Wavelength").EvaluateAsync<double>(
                "one => one.clientWidth - parseFloat(getComputedStyle(one).paddingLeft) - parseFloat(getComputedStyle(one).paddingRight)") > 50, "The unit cannot be read.");
            await page.MustBeAccessibleAsync(onlyColours: suffix == "-dark");
            await page.PictureAsync("metadata-form" + suffix);
            await page.GetByRole(AriaRole.Textbox, new() { Name = "Detector distance" }).FocusAsync();
            await page.PictureAsync("metadata-units" + suffix);
            await page.EvaluateAsync("() => { document.activeElement.blur(); scrollTo(0, 0); }");
        }

        await Expect(DocumentOf(page)).ToBeHiddenAsync();
        await page.GetByText("Document", new() { Exact = true }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Sample" })).ToBeHiddenAsync();
        await page.MustBeAccessibleAsync();
    }

    private async Task<string> ScanAsync()
    {
        string id = await DatasetAsync("scan");
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { type = "mx/rotation" }, Token);
        return id;
    }

    private async Task PutAsync(string id, string document) => await Site.RequestAsync(
        HttpMethod.Put, $"datasets/{id}/metadata", JsonSerializer.Deserialize<JsonElement>(document), Token);

    private static ILocator DocumentOf(IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Document" });

    private async Task<JsonElement> DocumentAsync(string id) => JsonSerializer.Deserialize<JsonElement>(
        (await Site.ReportAsync(HttpMethod.Get, $"datasets/{id}/metadata", token: Token)).Text);

    /// <summary>Goes on by the key Tab until a field has the keys.</summary>
    private static async Task TabToAsync(IPage page, string label)
    {
        const string Focused = "() => document.activeElement?.ariaLabel ?? document.activeElement?.labels?.[0]?.textContent ?? ''";
        for (int i = 0; i < 40; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if ((await page.EvaluateAsync<string>(Focused)).TrimEnd('*', ' ') == label)
            {
                return;
            }
        }

        Assert.Fail($"The key Tab does not reach '{label}'.");
    }
}
