using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Looking into HDF5 and NeXus files, under the policy of the page.</summary>
public sealed class Hdf5Tests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_nexus_file_shows_its_default_image_and_every_array_in_it_on_each_screen_and_by_the_keyboard_alone()
    {
        string id = await ScanAsync();
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/scan.nxs");
        ILocator viewer = page.GetByRole(AriaRole.Region, new() { Name = "Content of the HDF5 file" });
        await Expect(viewer.GetByText("A bright corner")).ToBeVisibleAsync();
        await Expect(viewer.Locator("canvas")).ToBeVisibleAsync();
        await page.PictureAsync("hdf5-image");
        foreach ((string suffix, int width, int height) in new[] { ("", 1280, 800), ("-phone", 390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.MustBeAccessibleAsync();
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            (await page.PictureAsync($"hdf5-image{suffix}-dark")).MustBeDrawn("hdf5" + suffix, isDark: true);
            await page.MustBeAccessibleAsync(onlyColours: true);
        }

        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "entry" }).ClickAsync();
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "temperature" }).ClickAsync();
        await Expect(viewer.Locator("canvas")).ToBeVisibleAsync();
        await page.PictureAsync("hdf5-line");
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "title" }).ClickAsync();
        await Expect(viewer.GetByText("Lysozyme, 100 K")).ToBeVisibleAsync();

        // The same by the keyboard alone.
        await page.ReloadAsync();
        await Expect(viewer.Locator("canvas")).ToBeVisibleAsync();
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "entry" }).PressAsync("Enter");
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "title" }).PressAsync("Enter");
        await Expect(viewer.GetByText("Lysozyme, 100 K")).ToBeVisibleAsync();
        Assert.Empty(errors);

        // A file that is cut says so in words.
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(Folder, "scan.nxs"), TestContext.Current.CancellationToken);
        await PutAsync(id, "cut.h5", whole[..(whole.Length / 2)]);
        await page.GotoAsync($"/datasets/{id}/files/cut.h5");
        await Expect(page.GetByText($"cut.h5 is incomplete: it has {whole.Length / 2} of {whole.Length} bytes.")).ToBeVisibleAsync();
    }

    /// <summary>A dataset with a NeXus file of an image, a curve and a text.</summary>
    private async Task<string> ScanAsync()
    {
        await Python.RunAsync(
            """
            import sys, h5py, numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['default'] = 'entry'
                entry = f.create_group('entry'); entry.attrs.update(NX_class='NXentry', default='data')
                entry['title'] = 'Lysozyme, 100 K'
                data = entry.create_group('data'); data.attrs.update(NX_class='NXdata', signal='image'); data['title'] = 'A bright corner'
                y, x = np.mgrid[0:64, 0:96]
                data.create_dataset('image', data=np.exp(-((x - 20) ** 2 + (y - 44) ** 2) / 200).astype('>f4'), chunks=(16, 96), compression='gzip')
                entry['temperature'] = np.sin(np.arange(200) / 20) + 100
            """,
            Path.Combine(Folder, "scan.nxs"));
        string id = await DatasetAsync("scan");
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(Folder, "scan.nxs"), TestContext.Current.CancellationToken);
        await PutAsync(id, "scan.nxs", file);
        return id;
    }

    private Task<JsonElement> PutAsync(string id, string path, byte[] bytes) =>
        Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", new ByteArrayContent(bytes), Token);
}
