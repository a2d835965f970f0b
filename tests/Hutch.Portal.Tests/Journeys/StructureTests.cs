using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Molecular structures, under the policy of the page.</summary>
public sealed class StructureTests(Browser browser) : Journey(browser)
{
    /// <summary>A helix of 30 alanines and an iron atom, as build/demos/look.py makes it.</summary>
    private const string Helix = """
        import sys
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv[2])
        import helix
        helix.write_pdb(sys.argv[1] + '/helix.pdb', 30)
        helix.write_mmcif(sys.argv[1] + '/helix.cif', 30)
        import struct, numpy as np
        z, y, x = np.mgrid[-30:31:2, -30:31:2, -30:31:2]
        ball = np.exp(-(x * x + y * y + z * z) / 200).astype('<f4')
        head = struct.pack('<10i6f3i', 31, 31, 31, 2, 0, 0, 0, 31, 31, 31, 62, 62, 62, 90, 90, 90, 1, 2, 3).ljust(196, b'\0')
        head += struct.pack('<3f', -30, -30, -30) + b'MAP \x44\x44'
        open(sys.argv[1] + '/ball.mrc', 'wb').write(head.ljust(1024, b'\0') + ball.tobytes())
        """;

    [Fact]
    public async Task A_helix_is_seen_as_a_ribbon_and_turned_by_the_keyboard_on_each_screen()
    {
        await Python.RunAsync(Helix, Folder, Path.Combine(Repository.Root, "build", "demos"));
        string id = await DatasetAsync("structures");
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string file, string suffix, int width, int height, ColorScheme scheme) in new[]
        {
            ("helix.pdb", "", 1280, 800, ColorScheme.Light), ("helix.cif", "-dark", 1280, 800, ColorScheme.Dark),
            ("helix.pdb", "-phone", 390, 844, ColorScheme.Light),
        })
        {
            await PutAsync(id, file, await File.ReadAllBytesAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken));
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.GotoAsync($"/datasets/{id}/files/{file}");
            await MustBeSeenAndTurnedAsync(page, suffix);
        }

        await MustShowTheMapAsync(page, id);
        Assert.Empty(Serious(errors));
    }

    /// <summary>portal review 8: the map beside a structure is drawn around it.</summary>
    private async Task MustShowTheMapAsync(IPage page, string id)
    {
        await PutAsync(id, "ball.mrc", await File.ReadAllBytesAsync(Path.Combine(Folder, "ball.mrc"), TestContext.Current.CancellationToken));
        await page.SetViewportSizeAsync(1280, 800);
        await page.GotoAsync($"/datasets/{id}/files/helix.pdb?level=1");
        ILocator stage = page.GetByTestId("structure");
        await Expect(stage).ToHaveAttributeAsync("data-drawn", "true", new() { Timeout = 180_000 });
        double alone = Drawn(new Picture(await stage.ScreenshotAsync()));

        await page.GetByLabel("Map beside it").First.ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "ball.mrc" }).ClickAsync();
        await Expect(page.GetByText("Level: 1 σ above the mean")).ToBeVisibleAsync();
        await page.PictureAsync("structure-map");
        Assert.True(Drawn(new Picture(await stage.ScreenshotAsync())) > alone + 0.05, "The map is not drawn.");
        await page.MustBeAccessibleAsync();
    }

    private static async Task MustBeSeenAndTurnedAsync(IPage page, string suffix)
    {
        ILocator stage = page.GetByTestId("structure");
        await Expect(stage).ToHaveAttributeAsync("data-drawn", "true", new() { Timeout = 180_000 });
        await Expect(page.GetByTestId("structure-about")).ToHaveTextAsync("A helix of alanines: 2 chains, 30 residues, 151 atoms.");
        await page.PictureAsync("structure" + suffix);
        var ribbon = new Picture(await stage.ScreenshotAsync());
        Assert.InRange(Drawn(ribbon), 0.02, 0.7);

        await stage.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        var turned = new Picture(await stage.ScreenshotAsync());
        Assert.NotEqual(Drawn(ribbon), Drawn(turned));
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Drawn as" }).Or(page.GetByRole(AriaRole.Textbox, new() { Name = "Drawn as" })).First
            .ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Spheres" }).ClickAsync();
        Assert.True(Drawn(new Picture(await stage.ScreenshotAsync())) > Drawn(turned), "Spheres are not drawn.");
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await Expect(page.GetByTestId("structure-atom")).ToContainTextAsync("of ALA");
        await page.PictureAsync("structure-spheres" + suffix);
        await page.MustBeAccessibleAsync();
    }

    [Fact]
    public async Task An_invalid_structure_file_is_reported_and_shown_in_another_form()
    {
        (string File, string Text)[] files =
        [
            ("none.pdb", "HEADER    NO ATOMS AT ALL\n"),
            ("cell.cif", "data_x\n_cell.length_a 5\nloop_\n_symmetry.as\n'x,y,z'\n"),
            ("cut.cif", "data_x\nloop_\n_atom_site.id\n_atom_site.Cartn_x\n1 2 3 'never ends"),
            ("bytes.pdb", "\0\u0001\u0002\u0003"),
        ];
        string id = await DatasetAsync("structures", files);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string file, _) in files)
        {
            await page.GotoAsync($"/datasets/{id}/files/{file}");

            await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new() { HasText = "This file has no atoms." })).ToBeVisibleAsync();
            await Expect(page.Locator("pre").First).ToBeVisibleAsync();
        }

        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_structure_whose_atoms_are_all_in_one_place_is_shown_and_does_not_hang_the_page()
    {
        string atoms = string.Concat(Enumerable.Range(1, 60_000).Select(static n =>
            $"ATOM  {n % 100_000,5}  CA  ALA A{n % 9999,4}       1.000   1.000   1.000  1.00 10.00           C\n"));
        string id = await DatasetAsync("structures", ("heap.pdb", atoms));
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}/files/heap.pdb");

        await Expect(page.GetByTestId("structure")).ToHaveAttributeAsync("data-drawn", "true", new() { Timeout = 180_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole structure" }).ClickAsync();
        await Expect(page.GetByTestId("structure-about")).ToContainTextAsync("60 000 atoms");
    }

    private static List<string> Serious(List<string> errors) =>
        [.. errors.Where(static error => !error.Contains("GPU stall", StringComparison.Ordinal))];

    /// <summary>Which part of a picture is another colour than its upper left corner.</summary>
    private static double Drawn(Picture picture)
    {
        (byte, byte, byte) ground = picture[4, 4];
        int drawn = Enumerable.Range(3, picture.Height - 6).Sum(y => Enumerable.Range(3, picture.Width - 6).Count(x => picture[x, y] != ground));
        return drawn / (double)(picture.Width * picture.Height);
    }

    private Task<JsonElement> PutAsync(string id, string name, byte[] bytes) =>
        Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{name}", new ByteArrayContent(bytes), Token);
}
