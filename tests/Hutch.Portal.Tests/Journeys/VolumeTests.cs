using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Volumes, stacks and images in files, in slices and as a whole, under the policy of the page.</summary>
public sealed class VolumeTests(Browser browser) : Journey(browser)
{
    /// <summary>A ball with a hole along z, which is brighter towards high x; a plate lies under it.</summary>
    private const string Ball = """
        import sys, struct, numpy as np
        folder = sys.argv[1]
        z, y, x = np.mgrid[0:40, 0:64, 0:64].astype('f4')
        r = np.sqrt((x - 32) ** 2 + (y - 32) ** 2 + (z - 20) ** 2)
        ball = np.where((r < 18) & (np.hypot(x - 32, y - 32) > 5), 500 + 8 * x, 0)
        ball[:, 58:62, 4:60] = 300
        """;

    private const string Mrc = Ball + """

        head = struct.pack('<4i', 64, 64, 40, 2) + struct.pack('<3i', 0, 0, 0) + struct.pack('<3i', 64, 64, 40) + struct.pack('<3f', 64, 64, 80)
        head = head.ljust(208, b'\0') + b'MAP \x44\x44'
        open(folder + '/ball.mrc', 'wb').write(head.ljust(1024, b'\0') + ball.astype('<f4').tobytes())
        """;

    private static readonly (string Suffix, int Width, int Height, ColorScheme Scheme)[] Screens =
        [("", 1280, 800, ColorScheme.Light), ("-phone", 390, 844, ColorScheme.Dark)];

    [Fact]
    public async Task A_map_is_shown_in_slices_and_as_a_volume_and_the_view_is_in_the_URL()
    {
        string id = await FileAsync("ball.mrc", Mrc);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string suffix, int width, int height, ColorScheme scheme) in Screens)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.GotoAsync($"/datasets/{id}/files/ball.mrc?colours=viridis");
            await WholeAsync(page);

            await Expect(page.GetByTestId("volume-shown")).ToHaveTextAsync("All 64 × 64 × 40 voxels.");
            await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync("Voxel 31, 31, 19, at 31, 31, 38 Å: 0");
            Picture picture = await page.PictureAsync("volume" + suffix);
            Assert.True(await ColoursAsync(page, picture) > 100, "The volume is not drawn.");
            await page.MustBeAccessibleAsync();
        }

        Assert.Empty(Serious(errors));
        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await MustComeBackAsync(page, $"/datasets/{id}/files/ball.mrc?panes=3d&draw=surface&threshold=400&clip=0:1,0:1,0:0.5");
        await MustBeChosenAsync(page, $"/datasets/{id}/files/ball.mrc?panes=xy");
    }

    /// <summary>What is seen is in the address and comes back.</summary>
    private static async Task MustComeBackAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await WholeAsync(page);
        double half = await LitAsync(page);

        await page.EvaluateAsync("() => { document.querySelector('[data-testid=volume] canvas').isFirst = true; }");
        await PressAsync(page, "ArrowRight");
        await Expect(page).ToHaveURLAsync(new Regex("camera=40%2C25%2C1.4"));
        await PressAsync(page, "+");
        await Expect(page).ToHaveURLAsync(new Regex("camera=40%2C25%2C1.75"));
        Assert.True(
            await page.EvaluateAsync<bool>("() => document.querySelector('[data-testid=volume] canvas').isFirst === true"),
            "The volume was loaded into the graphics memory again, as its address had changed.");
        double closer = await LitAsync(page);
        await page.PictureAsync("volume-surface");
        await page.ReloadAsync();
        await WholeAsync(page);
        double again = await LitAsync(page);

        // How many points a picture has depends on how fast the machine is.
        Assert.InRange(closer / half, 1.25, 2);
        Assert.InRange(again / closer, 0.95, 1.05);
    }

    /// <summary>A slice is chosen by a click in another one and by the keyboard.</summary>
    private static async Task MustBeChosenAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await WholeAsync(page);

        // A volume of MRC has its first row at the bottom: the plate in the rows 58 to 61 is on top.
        LocatorBoundingBoxResult box = (await page.GetByTestId("volume").BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height * 4 / 64));
        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync(new Regex(@"Voxel 3[12], (59|60), 19, at 3[12], (59|60), 38 Å: 300"));

        await page.GetByTestId("volume").PressAsync("PageDown");
        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync(new Regex(@"Voxel 3[12], (59|60), 20, at 3[12], (59|60), 40 Å: 300"));
        await Expect(page).ToHaveURLAsync(new Regex("place=3"));
    }

    [Fact]
    public async Task A_volume_that_is_too_large_is_sampled_with_a_notice_and_a_part_loads_in_full()
    {
        string id = await FileAsync("large.h5", """
            import sys, h5py, numpy as np
            with h5py.File(sys.argv[1] + '/large.h5', 'w') as f:
                d = f.create_dataset('entry/volume', (1000, 2000, 3000), '<u2', chunks=(50, 250, 250), compression='gzip')
                d[500:550, 1000:1250, 1500:1750] = 700
                f['entry/small'] = np.arange(60, dtype='u1').reshape(6, 10)
            """);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/large.h5?detail=128");
        await page.GetByText("Volume", new() { Exact = true }).ClickAsync();
        await WholeAsync(page);

        await Expect(page.GetByTestId("volume-shown")).ToHaveTextAsync(new Regex(
            @"^Sampled: every \d+th along .*; \d+ × \d+ × \d+ values represent 3000 × 2000 × 1000\. Values between them are not shown\.$"));
        await page.PictureAsync("volume-thinned");

        await page.GotoAsync($"/datasets/{id}/files/large.h5?detail=128&box=1450:1550,1000:1100,500:600");
        await page.GetByText("Volume", new() { Exact = true }).ClickAsync();
        await WholeAsync(page);

        await Expect(page.GetByTestId("volume-shown")).ToHaveTextAsync("All 100 × 100 × 100 voxels, in a box of 100 × 100 × 100 of 3000 × 2000 × 1000.");
        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync("Voxel 1499, 1049, 549: 0");
        await page.PictureAsync("volume-box");
        Assert.Empty(Serious(errors));
    }

    [Fact]
    public async Task A_packed_volume_of_nifti_is_seen_as_it_lies_in_a_person_and_its_numbers_are_explained()
    {
        string id = await FileAsync("head.nii.gz", Ball + """

            import nibabel
            image = nibabel.Nifti1Image(ball.astype('i2').T, None)
            image.header.set_zooms((1, 1, 2))
            image.header.set_xyzt_units('mm')
            image.header.set_slope_inter(0.5, -100)
            affine = np.diag([1, 1, 2, 1])
            image.set_sform(affine, 'scanner')
            nibabel.save(image, folder + '/head.nii.gz')
            """);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string suffix, int width, int height, ColorScheme scheme) in Screens)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.GotoAsync($"/datasets/{id}/files/head.nii.gz?panes=xy&colours=viridis&range=0,1000&place=31,59,19");
            await MustLieRightAsync(page, suffix);
        }

        Assert.Empty(Serious(errors));
    }

    private static async Task MustLieRightAsync(IPage page, string suffix)
    {
        await WholeAsync(page);

        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync("Voxel 31, 59, 19, at 31, 59, 38 mm: 300, which means 50");
        await Expect(page.GetByTestId("volume-space")).ToHaveTextAsync(
            "Voxels of 1 × 1 × 2 mm. x points to the patient's right, y to the front, z up.");

        // y leads to the front, which is up: the plate in the rows 58 to 61 is on top.
        await page.PictureAsync("volume-nifti" + suffix);
        var stage = new Picture(await page.GetByTestId("volume").ScreenshotAsync());
        int side = Math.Min(stage.Width, stage.Height);
        (byte, byte, byte) At(int row) => stage[(stage.Width / 2) + 20, ((stage.Height - side) / 2) + (side * row / 64)];
        Assert.NotEqual(At(60), At(4));
        await page.MustSaveAsync(page.GetByTestId("volume").Locator("canvas"));
        await page.MustBeAccessibleAsync();
    }

    [Fact]
    public async Task The_corner_where_the_numbers_begin_lies_alike_in_the_viewer_and_in_the_thumbnail()
    {
        string[] files = ["marked.mrc", "marked.nii", "turned.nii"];
        string id = await FilesAsync(files, """
            import sys, struct, nibabel, numpy as np
            folder = sys.argv[1]
            marked = np.zeros((3, 64, 64), 'i1'); marked[:, :16, :16] = 120
            head = struct.pack('<10i', 64, 64, 3, 0, 0, 0, 0, 64, 64, 3).ljust(208, b'\0') + b'MAP DD'
            open(folder + '/marked.mrc', 'wb').write(head.ljust(1024, b'\0') + marked.tobytes())
            nibabel.save(nibabel.Nifti1Image(marked.T, np.diag([1, 1, 1, 1])), folder + '/marked.nii')
            nibabel.save(nibabel.Nifti1Image(marked.T, np.diag([-1, -1, 1, 1])), folder + '/turned.nii')
            """);
        IPage page = await OpenAsync();
        foreach (string file in files)
        {
            await page.GotoAsync($"/datasets/{id}/files/{file}?panes=xy&range=0,120");
            await WholeAsync(page);
            var stage = new Picture(await page.GetByTestId("volume").ScreenshotAsync());
            await page.PictureAsync("volume-corner-" + file);
            await page.SetContentAsync($"<body style='margin:0'><img src='/api/v1/datasets/{id}/thumbnail?path={file}' alt=''>");
            var thumbnail = new Picture(await page.Locator("img").ScreenshotAsync());

            string corner = file == "turned.nii" ? "upper left" : "lower left";
            Assert.Equal((file, corner, corner), (file, LightCorner(stage), LightCorner(thumbnail)));
        }
    }

    [Fact]
    public async Task A_stack_of_images_and_an_image_are_slices()
    {
        string id = await FileAsync("stack.tif", """
            import sys, numpy as np
            from PIL import Image
            y, x = np.mgrid[0:200, 0:300]
            pages = [Image.fromarray(((x * y // 100 + 40 * n) % 256).astype('u1')) for n in range(5)]
            pages[0].save(sys.argv[1] + '/stack.tif', save_all=True, append_images=pages[1:])
            """);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/stack.tif");
        await WholeAsync(page);
        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync($"Voxel 149, 99, 2: {((149 * 99 / 100) + 80) % 256}");
        await page.GetByRole(AriaRole.Slider, new() { Name = "Slice along z" }).PressAsync("ArrowRight");

        await Expect(page.GetByTestId("volume-value")).ToHaveTextAsync($"Voxel 149, 99, 3: {((149 * 99 / 100) + 120) % 256}");
        await WholeAsync(page);
        await page.PictureAsync("volume-stack");
        await page.MustBeAccessibleAsync();
        Assert.Empty(Serious(errors));
    }

    [Fact]
    public async Task A_file_that_does_not_match_its_name_shows_an_error_and_its_bytes()
    {
        (string File, string Words)[] files =
        [
            ("lies.mrc", "lies.mrc has 1024 bytes of numbers; its header says"),
            ("none.tif", "has no page"),
            ("lies.nii.gz", "which cannot unpack to the 54000000000000 bytes of numbers that its header says"),
            ("list.npy", "There are no numbers with two axes or more in this file."),
            ("text.mrc", "text.mrc"),
        ];
        string id = await FilesAsync([.. files.Select(static file => file.File)], """
            import sys, struct, gzip, numpy as np
            def write(name, content): open(sys.argv[1] + '/' + name, 'wb').write(content)
            write('lies.mrc', (struct.pack('<4i', 9000, 9000, 9000, 2).ljust(208, b'\0') + b'MAP DD').ljust(2048, b'\0'))
            write('none.tif', b'II*\0'.ljust(200, b'\0'))
            head = struct.pack('<i', 348).ljust(40, b'\0') + struct.pack('<8h', 3, 30000, 30000, 30000, 1, 1, 1, 1)
            head = head.ljust(70, b'\0') + struct.pack('<hh', 4, 16)
            head = (head.ljust(108, b'\0') + struct.pack('<f', 352)).ljust(344, b'\0') + b'n+1'
            write('lies.nii.gz', gzip.compress(head.ljust(999, b'\0')))
            np.save(sys.argv[1] + '/list.npy', np.arange(9))
            write('text.mrc', b'not a map ' * 99)
            """);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string file, string words) in files)
        {
            await page.GotoAsync($"/datasets/{id}/files/{file}");

            await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new() { HasText = words }).First).ToBeVisibleAsync();
            await Expect(page.Locator("pre").Filter(new() { HasText = "00000000" })).ToBeVisibleAsync();
        }

        Assert.Empty(Serious(errors));
    }

    /// <summary>Drivers of WebGL say on the console what reading pixels costs: that is no mistake of the page.</summary>
    private static List<string> Serious(List<string> errors) => [.. errors.Where(static error => !error.Contains("GPU stall", StringComparison.Ordinal))];

    private static async Task WholeAsync(IPage page) =>
        await Expect(page.Locator("[data-testid=volume] canvas[data-drawn=whole]")).ToBeVisibleAsync(new() { Timeout = 180_000 });

    /// <summary>Presses a key that changes what is seen, and waits until that is drawn.</summary>
    /// <remarks>The address changes before the stage does: until then, the picture before says that it is whole.</remarks>
    private static async Task PressAsync(IPage page, string key)
    {
        ILocator volume = page.GetByTestId("volume");
        await volume.Locator("canvas").EvaluateAsync("canvas => { canvas.dataset.drawn = 'before'; }");
        await volume.PressAsync(key);
        await WholeAsync(page);
    }

    /// <summary>How many colours that are no grey the stage has.</summary>
    private static async Task<int> ColoursAsync(IPage page, Picture picture)
    {
        LocatorBoundingBoxResult box = (await page.GetByTestId("volume").BoundingBoxAsync())!;
        var found = new HashSet<(byte, byte, byte)>();
        for (int y = (int)box.Y; y < Math.Min(picture.Height, box.Y + box.Height); y++)
        {
            for (int x = (int)box.X; x < Math.Min(picture.Width, box.X + box.Width); x++)
            {
                (byte red, byte green, byte blue) = picture[x, y];
                if (Math.Abs(red - green) > 20 || Math.Abs(green - blue) > 20)
                {
                    found.Add((red, green, blue));
                }
            }
        }

        return found.Count;
    }

    /// <summary>Which corner of a square in the middle of a picture is light.</summary>
    private static string LightCorner(Picture picture)
    {
        int side = Math.Min(picture.Width, picture.Height);
        bool IsLight(double x, double y) =>
            picture[((picture.Width - side) / 2) + (int)(side * x), ((picture.Height - side) / 2) + (int)(side * y)].Red > 150;
        return string.Join(
            ", ",
            from y in (double[])[0.1, 0.9]
            from x in (double[])[0.1, 0.9]
            where IsLight(x, y)
            select (y < 0.5 ? "upper" : "lower") + (x < 0.5 ? " left" : " right"));
    }

    /// <summary>Which part of the stage is not its ground.</summary>
    private static async Task<double> LitAsync(IPage page)
    {
        var picture = new Picture(await page.GetByTestId("volume").ScreenshotAsync());
        int lit = Enumerable.Range(0, picture.Height).Sum(y => Enumerable.Range(0, picture.Width).Count(x => picture[x, y].Red > 60));
        return lit / (double)(picture.Width * picture.Height);
    }

    /// <summary>A dataset with a file that a program writes into the folder of its argument.</summary>
    private Task<string> FileAsync(string name, string program) => FilesAsync([name], program);

    /// <summary>A dataset with files that a program writes into the folder of its argument.</summary>
    private async Task<string> FilesAsync(string[] names, string program)
    {
        await Python.RunAsync(program, Folder);
        string id = await DatasetAsync("volumes");
        foreach (string name in names)
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(Folder, name), TestContext.Current.CancellationToken);
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{name}", new ByteArrayContent(bytes), Token);
        }

        return id;
    }
}
