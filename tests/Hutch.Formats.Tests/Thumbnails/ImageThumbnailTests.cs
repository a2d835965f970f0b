using Hutch.Formats.Hdf5;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Thumbnails;

/// <summary>Thumbnails of image files, compared with those that Pillow makes of the same files, and of damaged ones.</summary>
[Trait("Quick", "no")]
public sealed class ImageThumbnailTests
{
    /// <summary>Blots of all colours, 900 × 600, with no symmetry; and a PNG file by hand, as Pillow writes no colours of 16 bits.</summary>
    private const string Blots = """
        import io, struct, zlib
        from PIL import Image
        rng = np.random.default_rng(5)
        blots = Image.fromarray(rng.integers(0, 255, (6, 9, 3), 'u1')).resize((900, 600), Image.BICUBIC)
        def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
        def png(width, height, bits, colours, data, more=b''):
            head = struct.pack('>IIBBBBB', width, height, bits, colours, 0, 0, 0)
            return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + more + chunk(b'IDAT', data) + chunk(b'IEND', b'')
        def write(name, data): open(name, 'wb').write(data)
        def exif(orientation): found = Image.Exif(); found[0x0112] = orientation; return found

        """;

    [Fact]
    public async Task Images_have_the_picture_that_another_program_makes()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Blots + """
            frames = [blots, blots.rotate(90), blots.rotate(180)]
            for kind in ('png', 'jpg', 'gif', 'webp', 'bmp'): blots.save('plain.' + kind)
            for kind in ('png', 'gif', 'webp'): blots.save('moving.' + kind, save_all=True, append_images=frames[1:])
            for turn in range(1, 9): blots.save(f'turn{turn}.jpg', exif=exif(turn))
            blots.save('turn6.webp', exif=exif(6))
            blots.save('scans.jpg', progressive=True)
            blots.save('lossless.webp', lossless=True)
            blots.convert('L').save('grey.jpg')
            blots.convert('P').save('palette.png')
            blots.convert('L').point(lambda value: 255 * (value > 127)).convert('1').save('bits.png')
            blots.convert('CMYK').save('cmyk.jpg')
            alpha = blots.copy(); alpha.putalpha(blots.convert('L').rotate(180)); alpha.save('alpha.png'); alpha.save('alpha.webp')
            deep = np.asarray(blots).astype('>u2') * 257
            write('deep.png', png(900, 600, 16, 2, zlib.compress(b''.join(b'\0' + row.tobytes() for row in deep))))
            blots.resize((180, 120)).save('small.png')
            blots.resize((3, 9000)).save('narrow.png')
            large = blots.resize((6000, 4000)); large.save('large.jpg'); large.save('large.webp', method=0)
            """);
        await using var contents = new Contents(folder);
        string[] files = [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal)];

        foreach (string file in files)
        {
            Result<byte[]> made = await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, Path.GetFileName(file)));
            Assert.True(made.IsOk, $"{Path.GetFileName(file)}: {made.Error?.Message}");
            await File.WriteAllBytesAsync(file + ".thumbnail", made.Value, TestContext.Current.CancellationToken);
        }

        Assert.Equal(30, files.Length);
        string differences = await Python.RunAsync(
            """
            import sys
            import numpy as np
            from PIL import Image, ImageOps
            for file in sys.argv[1:]:
                made = Image.open(file + '.thumbnail')
                original = Image.open(file)
                upright = ImageOps.exif_transpose(original).convert('RGBA')
                scale = min(1, 256 / max(upright.size))
                size = tuple(max(1, round(side * scale)) for side in upright.size)
                expected = upright.resize(size, Image.BOX)
                back = Image.new('RGBA', size, 'white')
                flat = lambda picture: np.asarray(Image.alpha_composite(back, picture)).astype('i2')
                if made.format != 'WEBP' or made.size != size:
                    print(file.split('/')[-1], made.format, made.size, 'not', size)
                elif (apart := np.abs(flat(made.convert('RGBA')) - flat(expected)).mean()) > 4:
                    print(file.split('/')[-1], 'differs by', round(apart, 1))
            """,
            files);
        Assert.True(differences.Length == 0, differences);
    }

    [Fact]
    public async Task Truncated_images_have_no_picture()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Blots + """
            blots.save('a.png'); blots.save('a.jpg', exif=exif(6)); blots.save('a.gif'); blots.save('a.webp'); blots.save('a.bmp')
            blots.save('scans.jpg', progressive=True)
            blots.save('lossless.webp', lossless=True)
            for name in ('a.png', 'a.jpg', 'a.gif', 'a.webp', 'a.bmp', 'scans.jpg', 'lossless.webp'):
                data = open(name, 'rb').read()
                for percent in (0, 1, 10, 50, 90, 99): write(f'cut{percent}-{name}', data[:len(data) * percent // 100])
            """);
        await using var contents = new Contents(folder);
        string[] cut = [.. Directory.GetFiles(folder.Path, "cut*").Select(static path => Path.GetFileName(path))];

        var drawn = new List<string>();
        foreach (string file in cut)
        {
            Result<byte[]> answer = await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, file));
            if (answer.IsOk || answer.Error.Code != ErrorCode.UnreadableFile)
            {
                drawn.Add($"{file}: {answer.Error?.Code.Name ?? "a picture"}");
            }
        }

        Assert.Equal(42, cut.Length);
        Assert.Empty(drawn);
    }

    /// <remarks>Mutations come from a fixed seed. A reader that one of them ends is started anew, and says so.</remarks>
    [Fact]
    public async Task Images_with_changed_bytes_have_a_picture_or_an_error_and_the_next_file_has_its_own()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Blots + """
            blots = blots.resize((300, 200)); frames = [blots, blots.rotate(90)]
            blots.save('a.png'); blots.save('a.jpg', exif=exif(6)); blots.save('a.gif'); blots.save('a.webp'); blots.save('a.bmp')
            blots.save('b.jpg', progressive=True); blots.save('b.webp', lossless=True); blots.convert('CMYK').save('c.jpg')
            blots.save('c.webp', save_all=True, append_images=frames); blots.save('c.gif', save_all=True, append_images=frames)
            """);
        await using var contents = new Contents(folder);
        string[] whole = [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal)];
        var random = new Random(1);
        string[] expected = ["a picture", ErrorCode.UnreadableFile.Name, ErrorCode.TooLarge.Name, ErrorCode.Unprocessable.Name];

        foreach (string file in whole)
        {
            byte[] original = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            for (int mutant = 0; mutant < 25; mutant++)
            {
                byte[] changed = [.. original];
                for (int change = 0; change <= mutant; change++)
                {
                    // Every other one in the head, where sizes are.
                    changed[random.Next(change % 2 == 0 ? Math.Min(200, changed.Length) : changed.Length)] = (byte)random.Next(256);
                }

                await File.WriteAllBytesAsync(folder["mutant"], changed, TestContext.Current.CancellationToken);
                Result<byte[]> answer = await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, "mutant"));
                Assert.Contains(answer.IsOk ? "a picture" : answer.Error.Code.Name, expected);
            }

            Assert.True((await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, Path.GetFileName(file)))).IsOk, file);
        }

        Assert.Equal(10, whole.Length);
    }

    [Fact]
    public async Task An_image_that_needs_more_memory_than_a_reader_has_is_an_error()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Blots + """
            write('wide.png', png(9900, 9900, 8, 0, zlib.compress(bytes(9901 * 9900))))
            blots.save('a.png')
            """);
        await using var contents = new Contents(folder, new Hdf5ReaderOptions { MaxMemoryBytes = 256 << 20 });

        HutchError refusal = await contents.RefusalAsync(Contents.Ask(ContentQuery.Thumbnail, "wide.png"));

        Assert.Equal(ErrorCode.UnreadableFile, refusal.Code);
        Assert.Contains("memory", refusal.Message, StringComparison.Ordinal);
        Assert.True((await contents.BytesAsync(Contents.Ask(ContentQuery.Thumbnail, "a.png"))).IsOk);
    }
}
