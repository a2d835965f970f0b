using System.Buffers.Binary;
using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Tiff;

/// <summary>TIFF files as arrays: those that Pillow with libtiff writes, and those that nobody should.</summary>
[Trait("Quick", "no")]
public sealed class TiffArrayTests
{
    [Theory]
    [InlineData("raw", "u1")]
    [InlineData("raw", ">u2")]
    [InlineData("raw", "<i4")]
    [InlineData("raw", "<f4")]
    [InlineData("tiff_lzw", "u1")]
    [InlineData("tiff_lzw", "<u2")]
    [InlineData("tiff_adobe_deflate", "<f4")]
    [InlineData("tiff_deflate", "<u2")]
    [InlineData("packbits", "u1")]
    public async Task What_pillow_writes_is_read(string compression, string type)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($$"""
            from PIL import Image
            # Smooth and noisy parts, so that codes of LZW get long, and more rows than a strip has.
            y, x = np.mgrid[0:301, 0:257]
            pages = [(((x * y // 50 + n) % 200) * (x < 200) + np.random.RandomState(n).randint(0, 200, x.shape) * (x >= 200)) for n in range(3)]
            np.save('expected.npy', np.array(pages).astype('{{type}}'))
            def page(a): return Image.frombytes({'u1': 'L', '<u2': 'I;16', '>u2': 'I;16B', '<i4': 'I', '<f4': 'F'}['{{type}}'], a.shape[::-1], a.astype('{{type}}').tobytes())
            first, *rest = [page(a) for a in pages]
            first.save('a.tif', compression=None if '{{compression}}' == 'raw' else '{{compression}}', save_all=True, append_images=rest)
            """);
        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Ask("/.zarray"));
        using var pages = new MemoryStream();
        for (int i = 0; i < 3; i++)
        {
            pages.Write((await contents.BytesAsync(Ask($"/{i}.0.0"))).Value);
        }

        Assert.Equal("[3,301,257]", layout.GetProperty("shape").GetRawText());
        Assert.Equal("[1,301,257]", layout.GetProperty("chunks").GetRawText());
        await File.WriteAllBytesAsync(folder["got"], pages.ToArray(), TestContext.Current.CancellationToken);
        await folder.WithH5pyAsync($"""
            got = np.fromfile('got', dtype='{layout.GetProperty("dtype").GetString()}').reshape(3, 301, 257)
            assert (got == np.load('expected.npy')).all(), got
            """);
    }

    [Fact]
    public async Task Colours_are_the_last_axis_and_other_pages_are_left_out()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            from PIL import Image
            a = np.arange(4 * 5 * 3, dtype='u1').reshape(4, 5, 3)
            pages = [Image.fromarray(a), Image.fromarray(a[:2, :2].copy()), Image.fromarray(a + 1)]
            pages[0].save('a.tif', save_all=True, append_images=pages[1:], description='two of three')
            """);
        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Ask("/.zarray"));
        JsonElement attributes = await contents.JsonAsync(Ask("/.zattrs"));

        Assert.Equal("[2,4,5,3]", layout.GetProperty("shape").GetRawText());
        byte[] second = (await contents.BytesAsync(Ask("/1.0.0.0"))).Value;
        Assert.Equal([.. Enumerable.Range(1, 60).Select(static i => (byte)i)], second);
        Assert.Equal(1, attributes.GetProperty("pages_left_out").GetInt32());
        Assert.Equal("two of three", attributes.GetProperty("description").GetString());
    }

    /// <summary>Case 111: the axes of OME-TIFF and of tifffile's own files are those that tifffile has.</summary>
    [Fact]
    public async Task A_description_says_the_axes_and_the_order_of_pages()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import tifffile
            v = np.arange(2 * 3 * 4 * 5 * 6, dtype="<u2").reshape(2, 3, 4, 5, 6)
            gray = dict(photometric="minisblack")
            tifffile.imwrite("tczyx.ome.tif", v, metadata={"axes": "TCZYX", "PhysicalSizeX": .1, "PhysicalSizeXUnit": "µm"}, **gray)
            tifffile.imwrite("zcyx.ome.tif", v[0], metadata={"axes": "ZCYX"}, **gray)
            tifffile.imwrite("rgb.ome.tif", np.arange(360, dtype="u1").reshape(4, 5, 6, 3), metadata={"axes": "ZYXS"}, photometric="rgb")
            tifffile.imwrite("shaped.tif", v[0], metadata={"axes": "CZYX"}, **gray)
            with tifffile.TiffWriter("pyramid.ome.tif") as t:
                b = np.arange(64 * 64, dtype="<u2").reshape(64, 64)
                for n in range(3): t.write(b[::1 << n, ::1 << n], tile=(16, 16), **(dict(subfiletype=1) if n else dict(subifds=2)))
            def ome(name, pixels, pages=v[0, 0]):
                xml = '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1"><Image ID="Image:0">'
                xml += f'<Pixels ID="Pixels:0" Type="uint16" SizeX="6" SizeY="5" {pixels}</Pixels></Image></OME>'
                tifffile.imwrite(name, pages, description=xml, metadata=None, **gray)
            here, there = '<UUID FileName="c0.ome.tif">urn:uuid:1</UUID>', '<UUID FileName="c1.ome.tif">urn:uuid:2</UUID>'
            size = 'DimensionOrder="XYZCT" SizeZ="2" SizeC="2" SizeT="1">'
            ome("backwards.ome.tif", size + "".join(f'<TiffData IFD="{3 - n}" FirstZ="{n % 2}" FirstC="{n // 2}"/>' for n in range(4)))
            ome("c0.ome.tif", size + f'<TiffData IFD="0" PlaneCount="2">{here}</TiffData><TiffData FirstC="1" IFD="0" PlaneCount="2">{there}</TiffData>', v[0, 0, :2])
            ome("other-size.ome.tif", size.replace('SizeZ', 'SizeY="7" SizeQ').replace("2016", "2013"))
            tifffile.imwrite("parted.ome.tif", v[0, 0], description='<OME><BinaryOnly MetadataFile="a.companion.ome" UUID="urn:uuid:3"/></OME>', metadata=None, **gray)
            """);
        await using var contents = new Contents(folder);

        Assert.Equal("[2,3,4,5,6] whole; 1,2,3 at 690", await AboutAsync("tczyx.ome.tif", "1.2.3.0.0"));
        Assert.Equal("[3,4,5,6] whole; 2,3 at 330", await AboutAsync("zcyx.ome.tif", "2.3.0.0"));
        Assert.Equal("[4,5,6,3] whole; 1 at 23386", await AboutAsync("rgb.ome.tif", "1.0.0.0"));
        Assert.Equal("[3,4,5,6] whole; 2,3 at 330", await AboutAsync("shaped.tif", "2.3.0.0"));
        Assert.Equal("[1,64,64] whole; 0 at 0", await AboutAsync("pyramid.ome.tif", "0.0.0"));
        Assert.Equal("[2,2,5,6] whole; 0,1 at 60", await AboutAsync("backwards.ome.tif", "0.1.0.0"));
        Assert.Equal(
            "[2,5,6] The description says 4 images, of which 2 are in this file; others are in c1.ome.tif.; 1 at 30",
            await AboutAsync("c0.ome.tif", "1.0.0"));
        Assert.StartsWith("[4,5,6] The description is OME-XML that cannot be read", await AboutAsync("other-size.ome.tif", "1.0.0"));
        Assert.Equal("[4,5,6] The axes are described in another file: a.companion.ome.; 1 at 30", await AboutAsync("parted.ome.tif", "1.0.0"));

        async Task<string> AboutAsync(string file, string chunk)
        {
            JsonElement layout = await contents.JsonAsync(Contents.Ask(ContentQuery.Zarr, file, "/.zarray"));
            JsonElement attributes = await contents.JsonAsync(Contents.Ask(ContentQuery.Zarr, file, "/.zattrs"));
            string notes = attributes.TryGetProperty("notes", out JsonElement all) ? string.Join(' ', all.EnumerateArray()) : "whole";
            byte[] numbers = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, file, "/" + chunk))).Value;
            string page = string.Join(',', chunk.Split('.').Take(layout.GetProperty("shape").GetArrayLength() - (file[0] == 'r' ? 3 : 2)));
            return $"{layout.GetProperty("shape").GetRawText()} {notes}; {page} at {BinaryPrimitives.ReadUInt16LittleEndian(numbers)}";
        }
    }

    [Fact]
    public async Task A_page_without_end_is_read_by_strips_and_nothing_else_of_it()
    {
        using var folder = new TemporaryFolder();
        const int Side = 100_000;
        ReadOnlyMemory<byte> head = Page((256, Side), (257, Side), (258, 16), (273, 4096), (278, Side), (279, 2));
        await using (FileStream file = File.Create(folder["a.tif"]))
        {
            await file.WriteAsync(head, TestContext.Current.CancellationToken);
            file.SetLength(4096 + (2L * Side * Side));
        }

        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Ask("/.zarray"));
        byte[] last = (await contents.BytesAsync(Ask("/0.2439.0"))).Value;

        Assert.Equal("[1,41,100000]", layout.GetProperty("chunks").GetRawText());
        Assert.Equal(41 * 2 * Side, last.Length);
        Assert.InRange(contents.Files.BytesRead, 1, 12 << 20);
    }

    [Fact]
    public async Task The_list_of_pages_is_walked_through_once()
    {
        using var folder = new TemporaryFolder();
        const int Pages = 300;
        const int Apart = 1 << 20;
        await using (FileStream file = File.Create(folder["a.tif"]))
        {
            // More blocks than the reader keeps.
            for (int page = 0; page < Pages; page++)
            {
                byte[] bytes = Page((256, 2), (257, 2), (258, 8), (273, (uint)((page * Apart) + 4096)), (278, 2), (279, 4));
                uint next = page + 1 < Pages ? (uint)(((page + 1) * Apart) + 8) : 0;
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), next);
                file.Position = (long)page * Apart;
                await file.WriteAsync(bytes, TestContext.Current.CancellationToken);
            }

            file.SetLength((long)Pages * Apart);
        }

        await using var contents = new Contents(folder);
        await contents.BytesAsync(Ask("/0.0.0"));
        long before = contents.Files.BytesRead;

        Assert.Equal(new byte[4], (await contents.BytesAsync(Ask("/150.0.0"))).Value);
        Assert.InRange(contents.Files.BytesRead - before, 0, 4 << 20);
    }

    [Fact]
    public async Task A_list_of_pages_that_never_ends_is_read_once()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Page((256, 2), (257, 2), (258, 8), (273, 8), (279, 4));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 4), 8);
        await File.WriteAllBytesAsync(folder["a.tif"], file, TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);

        Assert.Equal("[1,2,2]", (await contents.JsonAsync(Ask("/.zarray"))).GetProperty("shape").GetRawText());
        JsonElement notes = (await contents.JsonAsync(Ask("/.zattrs"))).GetProperty("notes");
        Assert.Equal("""["The list of pages goes round in a circle after 1 pages."]""", notes.GetRawText());
    }

    [Theory]
    [InlineData(65000)]
    [InlineData(65001)]
    public async Task An_eer_frame_with_electrons_past_its_end_is_refused(int compression)
    {
        byte[] file = Page((256, 2), (257, 2), (259, (uint)compression), (273, 200), (279, 8));
        Array.Resize(ref file, 208);
        file[200] = 0x55;

        Assert.Equal(
            "a.tif is damaged: it cannot be unpacked, as the electrons of an EER frame go past its last pixel.",
            await RefusalAsync(file, "/0.0.0"));
    }

    [Fact]
    public async Task A_strip_that_is_shorter_than_its_rows_is_refused()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import struct
            tags = [(256, 4, 1, 4), (257, 4, 1, 4), (258, 4, 1, 8), (273, 4, 2, 200), (278, 4, 1, 2), (279, 4, 2, 208)]
            ifd = struct.pack('<H', len(tags)) + b''.join(struct.pack('<HHII', *tag) for tag in tags) + bytes(4)
            open('a.tif', 'wb').write((b'II*\0' + struct.pack('<I', 8) + ifd).ljust(200, b'\0') + struct.pack('<4I', 216, 224, 8, 5) + bytes(99))
            """);
        await using var contents = new Contents(folder);

        Assert.Equal("a.tif is damaged: it has a strip or tile of 5 bytes for 2 rows of 4 bytes.", (await contents.RefusalAsync(Ask("/0.0.0"))).Message);
    }

    [Theory]
    [InlineData("a.tif is damaged: it has a page of 0 x 2 pixels of 1 samples.", 256, 2, 258, 8)]
    [InlineData("a.tif has samples of 24 bits in the format 1, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 24)]
    [InlineData("a.tif is packed by JPEG in the old style, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 259, 6)]
    [InlineData("a.tif is packed by JPEG with 4 samples of 8 bits in the colours 5, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 259, 7, 277, 4, 262, 5)]
    [InlineData("a.tif is packed by JPEG with 1 samples of 12 bits in the colours 1, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 12, 259, 7)]
    [InlineData("a.tif is packed by LERC, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 259, 34887)]
    [InlineData("a.tif is packed by WebP, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 259, 50001)]
    [InlineData("a.tif has the predictor 3 for samples of 8 bits, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 259, 8, 317, 3)]
    [InlineData("a.tif has colours in YCbCr, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 262, 6)]
    [InlineData("a.tif has pages of several planes, which is not read. Download it, or convert it.", 256, 2, 257, 2, 258, 8, 32997, 5)]
    [InlineData("a.tif is an EER movie with runs of 17 bits and places of 4, which is not read. Download it, or convert it.", 256, 2, 257, 2, 259, 65002, 65007, 17)]
    public async Task A_page_that_cannot_be_or_is_not_read_is_refused(string message, params int[] tags) =>
        Assert.Equal(message, await RefusalAsync(Page([.. tags.Chunk(2).Select(static pair => ((ushort)pair[0], (uint)pair[1]))]), "/.zarray"));

    [Theory]
    [InlineData(5, "a.tif is damaged: it cannot be unpacked, as a code in it stands for nothing.")]
    [InlineData(8, "a.tif is damaged: it cannot be unpacked, as its Deflate stream is damaged.")]
    [InlineData(50000, "a.tif is damaged: it cannot be unpacked, as its Zstandard frames are damaged.")]
    [InlineData(7, "a.tif is damaged: it cannot be unpacked, as a JPEG in it is damaged.")]
    [InlineData(32773, "a.tif is damaged: it cannot be unpacked, as a run ends past its strip.")]
    public async Task A_damaged_strip_is_refused(int compression, string message)
    {
        byte[] file = Page((256, 64), (257, 64), (258, 8), (259, (uint)compression), (273, 200), (278, 64), (279, 4));
        Array.Resize(ref file, 204);
        (compression == 32773 ? "\u0001ab\u0000"u8 : "\uFFFF"u8).CopyTo(file.AsSpan(200));

        Assert.StartsWith(message, await RefusalAsync(file, "/0.0.0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strip_past_the_end_and_a_directory_past_the_end_are_refused()
    {
        byte[] strip = Page((256, 2), (257, 2), (258, 8), (273, 5000), (278, 2), (279, 4));
        byte[] directory = [.. "II*\0"u8, 0xFF, 0xFF, 0, 0, .. new byte[16]];

        Assert.Equal("a.tif is damaged: it points past its end.", await RefusalAsync(strip, "/0.0.0"));
        Assert.Equal("a.tif is damaged: it points past its end.", await RefusalAsync(directory, "/.zarray"));
    }

    [Fact]
    public async Task A_bomb_is_no_larger_than_its_page()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import struct, zlib
            packed = zlib.compress(bytes(100_000_000))
            tags = [(256, 2), (257, 2), (258, 8), (259, 8), (273, 200), (278, 2), (279, len(packed))]
            ifd = struct.pack('<H', len(tags)) + b''.join(struct.pack('<HHII', tag, 4, 1, value) for tag, value in tags) + bytes(4)
            open('a.tif', 'wb').write((b'II*\0' + struct.pack('<I', 8) + ifd).ljust(200, b'\0') + packed)
            """);
        await using var contents = new Contents(folder);

        Assert.Equal(new byte[4], (await contents.BytesAsync(Ask("/0.0.0"))).Value);
    }

    private static ContentRequest Ask(string key) => Contents.Ask(ContentQuery.Zarr, "a.tif", key);

    private static async Task<string> RefusalAsync(byte[] file, string key)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["a.tif"], file, TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);
        return (await contents.RefusalAsync(Ask(key))).Message;
    }

    /// <summary>A file of one page with these tags, all of the type LONG.</summary>
    private static byte[] Page(params (ushort Tag, uint Value)[] tags)
    {
        byte[] file = new byte[8 + 2 + (12 * tags.Length) + 4];
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)tags.Length);
        for (int i = 0; i < tags.Length; i++)
        {
            Span<byte> entry = file.AsSpan(10 + (12 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(entry, tags[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 4);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], 1);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], tags[i].Value);
        }

        return file;
    }
}
