using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Thumbnails;

/// <summary>Small pictures of files, made by the reader process out of what Pillow, numpy and h5py write.</summary>
[Trait("Quick", "no")]
public sealed class FileThumbnailTests
{
    /// <summary>400 × 200, dark to the left of the middle and light to the right.</summary>
    private const string Halves = """
        from PIL import Image
        halves = np.full((200, 400), 20, 'u1'); halves[:, 200:] = 230
        picture = Image.fromarray(halves)

        """;

    [Theory]
    [InlineData("a.png", "256 x 128", "picture.save('a.png')")]
    [InlineData("a.jpg", "256 x 128", "picture.convert('RGB').save('a.jpg')")]
    [InlineData("a.gif", "256 x 128", "picture.save('a.gif')")]
    [InlineData("a.webp", "256 x 128", "picture.convert('RGB').save('a.webp')")]
    [InlineData("a.bmp", "256 x 128", "picture.save('a.bmp')")]
    [InlineData("a.tif", "200 x 100", "Image.fromarray(halves.astype('u2') * 100).save('a.tif')")]
    [InlineData("gdal.tif", "200 x 100", "halves = halves.astype('f4'); halves[:20] = -9999; Image.fromarray(halves).save('gdal.tif', tiffinfo={42113: '-9999'})")]
    [InlineData("rgb.tif", "200 x 100", "picture.convert('RGB').save('rgb.tif')")]
    [InlineData("a.npy", "200 x 100", "np.save('a.npy', halves.astype('>f8') - 100)")]
    [InlineData("columns.npy", "200 x 100", "np.save('columns.npy', np.asfortranarray(halves.astype('i4')))")]
    [InlineData("rgb.npy", "200 x 100", "np.save('rgb.npy', np.dstack([halves] * 3))")]
    [InlineData("netcdf.h5", "200 x 100", "f = h5py.File('netcdf.h5', 'w'); f['t'] = halves.astype('f4'); f['t'][:20] = 1e20; f['t'].attrs['_FillValue'] = np.float32(1e20)")]
    [InlineData("a.h5", "200 x 100", "f = h5py.File('a.h5', 'w'); f['curve'] = np.arange(9); f['z/stack'] = np.stack([halves * 0, halves.astype('f4'), halves * 0])")]
    public async Task A_picture_is_shrunk_to_256_pixels_at_most(string file, string size, string write)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + write);

        Assert.Equal(size + ": dark light", await ThumbnailAsync(folder, file, "0.1, 0.5", "0.9, 0.5"));
    }

    /// <summary>TIFF 6.0, tag 262: white is 0, a palette, and colours that are not read; few bits are not all black.</summary>
    [Fact]
    public async Task Numbers_are_drawn_as_the_file_means_them()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + """
            import tifffile
            few = (halves > 100).astype('u1')
            table = np.zeros((3, 256), 'u2'); table[:, 20] = 60000; table[:, 230] = 5000
            tifffile.imwrite('white0.tif', 255 - halves, photometric='miniswhite')
            tifffile.imwrite('white0u2.tif', 999 - halves.astype('u2'), photometric='miniswhite')
            tifffile.imwrite('palette.tif', 250 - halves, photometric='palette', colormap=table)
            indexed = Image.fromarray(few); indexed.putpalette([0, 0, 0] + [230] * 3 + [0] * 762); indexed.save('palette8.tif')
            Image.fromarray(halves > 100).save('bits.tif')
            np.save('classes.npy', few)
            picture.convert('CMYK').save('inks.tif')
            tifffile.imwrite('lab.tif', np.dstack([halves] * 3), photometric='cielab')
            """);
        string[] files = ["white0.tif", "white0u2.tif", "palette.tif", "palette8.tif", "bits.tif", "classes.npy"];
        await using var contents = new Contents(folder);

        string drawn = await ThumbnailsAsync(folder, contents, files, "0.1, 0.5", "0.9, 0.5");
        HutchError inks = await contents.RefusalAsync(Contents.Ask(ContentQuery.Thumbnail, "inks.tif"));
        HutchError lab = await contents.RefusalAsync(Contents.Ask(ContentQuery.Thumbnail, "lab.tif"));

        Assert.Equal(string.Join('\n', files.Select(static _ => "200 x 100: dark light")), drawn);
        Assert.Equal("The picture has the colours of inks (CMYK); it is not drawn.", inks.Message);
        Assert.Equal("The picture has colours in CIE L*a*b*; it is not drawn.", lab.Message);
    }

    [Fact]
    public async Task A_photograph_is_turned_as_the_camera_was_held()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + """
            exif = Image.Exif()
            exif[0x0112] = 6
            picture.convert('RGB').save('a.jpg', exif=exif)
            """);

        Assert.Equal("128 x 256: dark light", await ThumbnailAsync(folder, "a.jpg", "0.5, 0.1", "0.5, 0.9"));
    }

    [Theory]
    [InlineData("a.mrc", "0.1, 0.9", "head = struct.pack('<10i', 200, 200, 3, 0, 0, 0, 0, 200, 200, 3).ljust(208, b'\\0') + b'MAP DD'; "
        + "open('a.mrc', 'wb').write(head.ljust(1024, b'\\0') + marked.tobytes())")]
    [InlineData("ras.nii", "0.1, 0.9", "nibabel.save(nibabel.Nifti1Image(marked.T, np.diag([1, 1, 1, 1])), 'ras.nii')")]
    [InlineData("lps.nii.gz", "0.1, 0.1", "nibabel.save(nibabel.Nifti1Image(marked.T, np.diag([-1, -1, 1, 1])), 'lps.nii.gz')")]
    [InlineData("a.npy", "0.1, 0.1", "np.save('a.npy', marked)")]
    public async Task The_corner_where_the_numbers_begin_lies_where_the_format_says(string file, string corner, string write)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import nibabel, struct
            marked = np.full((3, 200, 200), 20, 'i1'); marked[:, :50, :50] = 120

            """ + write);

        Assert.Equal("200 x 200: light dark", await ThumbnailAsync(folder, file, corner, "0.5, 0.5"));
    }

    [Fact]
    public async Task Transparent_pixels_stay_transparent()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + """
            colours = np.zeros((200, 400, 4), 'u1')
            colours[:, 200:] = (230, 230, 230, 255)
            Image.fromarray(colours).save('a.png')
            """);

        Assert.Equal("256 x 128: none light", await ThumbnailAsync(folder, "a.png", "0.1, 0.5", "0.9, 0.5"));
    }

    [Fact]
    public async Task Damaged_and_malicious_images_get_no_thumbnail_and_do_not_affect_other_files()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + """
            import struct, zlib
            def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
            def png(width, height, data):
                head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
                return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', data) + chunk(b'IEND', b'')
            def write(name, data): open(name, 'wb').write(data)
            def cut(name): data = open(name, 'rb').read(); write('cut-' + name, data[:len(data) // 2])
            noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 400, 3), 'u1'))
            for kind in ('png', 'jpg', 'gif', 'webp', 'bmp', 'tif'): noise.save('a.' + kind); cut('a.' + kind)
            picture.save('good.png')
            write('bomb.png', png(50000, 50000, zlib.compress(bytes(1000))))
            write('endless.png', png(2**31 - 1, 2**31 - 1, b''))
            write('bomb.gif', b'GIF89a' + struct.pack('<HHBBB', 65535, 65535, 0, 0, 0) + b',' + bytes(200))
            write('bomb.bmp', b'BM' + struct.pack('<IIIIiiHHIIiiII', 100, 0, 54, 40, 2**31 - 1, -2**31, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(64))
            write('bomb.webp', b'RIFF' + struct.pack('<I', 100) + b'WEBPVP8X' + struct.pack('<I', 10) + bytes(4) + b'\xff' * 6 + bytes(80))
            write('bomb.jpg', b'\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03' + bytes(100))
            write('markers.jpg', b'\xff\xd8' + b'\xff\xe0\x00\x02' * 100000)
            write('orientation.jpg', b'\xff\xd8\xff\xe1\x00\x20Exif\0\0MM\0*\xff\xff\xff\xff' + bytes(64))
            write('text.png', b'no picture at all' * 100)
            write('empty.png', b'')
            h5py.File('curve.h5', 'w')['x'] = np.arange(1000)
            h5py.File('nothing.h5', 'w')['x'] = np.full((50, 50), np.nan)
            """);
        await using var contents = new Contents(folder);
        string[] hostile =
        [
            .. Directory.GetFiles(folder.Path).Select(static path => Path.GetFileName(path))
                .Where(static name => name != "good.png" && !name.StartsWith("a.", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];

        var codes = new List<string>();
        foreach (string file in hostile)
        {
            Result<byte[]> answer = await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, file));
            codes.Add(file + " " + (answer.IsOk ? "a picture" : answer.Error.Code.Name));
        }

        Assert.Equal(18, codes.Count);
        Assert.DoesNotContain(codes, static code => code.EndsWith("a picture", StringComparison.Ordinal));
        Assert.True((await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, "good.png"))).IsOk);
    }

    [Fact]
    public async Task What_takes_too_long_is_ended_and_the_next_file_has_its_picture()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Halves + "picture.save('a.png')");
        await using var contents = new Contents(folder);

        HutchError late = await contents.RefusalAsync(Contents.Ask(ContentQuery.Thumbnail, "a.png") with { MaxSeconds = 0 });

        Assert.Equal(ErrorCode.UnreadableFile, late.Code);
        Assert.True((await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, "a.png"))).IsOk);
    }

    private static async Task<string> ThumbnailAsync(TemporaryFolder folder, string file, string first, string second)
    {
        await using var contents = new Contents(folder);
        return await ThumbnailsAsync(folder, contents, [file], first, second);
    }

    /// <summary>The size of the thumbnail of each file, and how light two of its pixels are, as Pillow sees it.</summary>
    private static async Task<string> ThumbnailsAsync(
        TemporaryFolder folder, Contents contents, string[] files, string first, string second)
    {
        foreach (string file in files)
        {
            Result<byte[]> made = await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, file));
            Assert.True(made.IsOk, file + ": " + made.Error?.Message);
            await File.WriteAllBytesAsync(folder[file + ".webp"], made.Value, TestContext.Current.CancellationToken);
        }

        return await Python.RunAsync(
            $"""
            import sys
            from PIL import Image
            def at(x, y):
                red, green, blue, alpha = picture.convert('RGBA').getpixel((int(x * picture.width), int(y * picture.height)))
                assert max(red, green, blue) - min(red, green, blue) < 20
                return 'none' if alpha == 0 else 'dark' if red < 60 else 'light' if red > 190 else str(red)
            for file in sys.argv[1:]:
                picture = Image.open(file)
                assert picture.format == 'WEBP'
                print(picture.width, 'x', picture.height, end=': ')
                print(at({first}), at({second}))
            """,
            [.. files.Select(file => folder[file + ".webp"])]);
    }
}
