using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Hutch.Formats.Mrc;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Zarr;

/// <summary>What a store of Zarr has under its keys; that zarr reads it is tested with zarr itself.</summary>
public sealed class ZarrStoreTests
{
    [Theory]
    [InlineData("/.zarray")]
    [InlineData("/x/.zgroup")]
    [InlineData("/x/2.0")]
    [InlineData("/x/0")]
    [InlineData("/x/0.0.0")]
    [InlineData("/x/-1.0")]
    [InlineData("/x/y")]
    [InlineData("/none/.zarray")]
    [InlineData("/text/.zarray")]
    [InlineData("/0.0")]
    public async Task Missing_keys_are_not_found(string key)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f.create_dataset('x', data=np.zeros((4, 6), 'u1'), chunks=(2, 6))
                f['text'] = 'of any length'
            """);
        await using var contents = new Contents(folder);

        Assert.Equal(ErrorCode.NotFound, (await contents.RefusalAsync(Ask("a.h5", key))).Code);
    }

    [Fact]
    public async Task A_chunk_that_was_never_written_is_not_there()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                for name, how in ('packed', dict(compression='gzip')), ('checked', dict(fletcher32=True)):
                    f.create_dataset(name, (4, 6), 'u1', chunks=(2, 6), fillvalue=9, **how)[0] = 1
            """);
        await using var contents = new Contents(folder);

        foreach (string name in new[] { "packed", "checked" })
        {
            JsonElement layout = await contents.JsonAsync(Ask("a.h5", $"/{name}/.zarray"));
            HutchError missing = await contents.RefusalAsync(Ask("a.h5", $"/{name}/1.0"));

            Assert.Equal(9, layout.GetProperty("fill_value").GetInt32());
            Assert.Equal((ErrorCode.NotFound, "The chunk 1.0 was never written: its values are the fill value."), (missing.Code, missing.Message));
            Assert.True((await contents.BytesAsync(Ask("a.h5", $"/{name}/0.0"))).IsOk);
        }
    }

    [Fact]
    public async Task A_chunk_at_the_end_of_an_axis_is_whole()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w').create_dataset('x', data=np.full((3, 2), 7, 'u1'), chunks=(2, 2), fletcher32=True)");
        await using var contents = new Contents(folder);

        Assert.Equal([7, 7, 0, 0], (await contents.BytesAsync(Ask("a.h5", "/x/1.0"))).Value);
    }

    [Theory]
    [InlineData("False")]
    [InlineData("True")]
    public async Task A_chunk_that_its_writer_left_unpacked_is_packed_as_the_others(string shuffle)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($"""
            with h5py.File('a.h5', 'w') as f:
                d = f.create_dataset('x', (2, 2), '<u2', chunks=(2, 2), compression='gzip', shuffle={shuffle})
                d.id.write_direct_chunk((0, 0), np.arange(4, dtype='<u2').tobytes(), filter_mask=3)
            """);
        await using var contents = new Contents(folder);

        byte[] packed = (await contents.BytesAsync(Ask("a.h5", "/x/0.0"))).Value;

        byte[] numbers = new byte[8];
        await using var plain = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        await plain.ReadExactlyAsync(numbers, TestContext.Current.CancellationToken);
        Assert.Equal(shuffle == "True" ? [0, 1, 2, 3, 0, 0, 0, 0] : new byte[] { 0, 0, 1, 0, 2, 0, 3, 0 }, numbers);
    }

    [Fact]
    public async Task A_chunk_stored_without_a_filter_that_Hutch_cannot_encode_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                create.set_chunk((4,))
                create.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
                d = h5py.h5d.create(f.id, b'x', h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((4,)), create)
                d.write_direct_chunk((0,), bytes(16), 1)
            """);
        await using var contents = new Contents(folder);

        HutchError error = await contents.RefusalAsync(Ask("a.h5", "/x/0"));

        Assert.Equal(ErrorCode.Unprocessable, error.Code);
        Assert.Contains("Zstandard (32015)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_is_no_longer_than_an_answer()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            h5py.File('a.h5', 'w').create_dataset('x', data=np.random.bytes(2_000_000), dtype='S2000000')
            np.save('b.npy', np.zeros(2_000_000, 'u1'))
            """);
        await using var contents = new Contents(folder);

        Assert.Equal(ErrorCode.TooLarge, (await contents.RefusalAsync(Ask("a.h5", "/x/0") with { MaxBytes = 1 << 20 })).Code);
        Assert.Equal(ErrorCode.TooLarge, (await contents.RefusalAsync(Ask("b.npy", "/0") with { MaxBytes = 1 << 20 })).Code);
    }

    [Fact]
    public async Task An_array_that_cannot_be_unpacked_is_described_and_its_chunks_say_why()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                create.set_chunk((4,))
                create.set_filter(32013, h5py.h5z.FLAG_OPTIONAL, (1,))
                d = h5py.h5d.create(f.id, b'x', h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((4,)), create)
                d.write_direct_chunk((0,), bytes(16))
            """);
        await using var contents = new Contents(folder);

        Assert.Equal("<i4", (await contents.JsonAsync(Ask("a.h5", "/x/.zarray"))).GetProperty("dtype").GetString());
        Assert.Contains("zfp (32013)", (await contents.RefusalAsync(Ask("a.h5", "/x/0"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (9, 9), }", "a.npy has 8 bytes of numbers; its header says 162.")]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (9223372036854775807, 9), }", "a.npy has impossible sizes. The file is damaged.")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "a.npy has values of the type '|O', which are no plain numbers.")]
    [InlineData("{'descr': '<u2', 'shape': (4,), }", "The header of the numpy array cannot be read.")]
    public async Task A_numpy_file_whose_header_lies_is_refused(string header, string message)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(
            folder["a.npy"],
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. new byte[8]],
            TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);

        Assert.Equal(message, (await contents.RefusalAsync(Ask("a.npy", "/.zarray"))).Message);
    }

    [Fact]
    public async Task An_archive_of_numpy_arrays_is_called_so()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["a.npz"], [.. "PK"u8, 3, 4, .. new byte[600]], TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);

        Assert.StartsWith("a.npz is an archive of numpy arrays.", (await contents.RefusalAsync(Ask("a.npz", "/.zarray"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 5, "a.mrc has pixels of mode 5, which is not read; those of the modes 0, 1, 2, 4, 6, 12, 16 and 101 are.")]
    [InlineData(4, 3, "a.mrc has complex numbers of 16-bit integers (mode 3), which are not read. EMAN and IMOD read them.")]
    [InlineData(1, 1 << 30, "a.mrc has 8 bytes of numbers; its header says 4294967296.")]
    [InlineData(3, -1, "a.mrc says that it has -1 images of 2 x 2 pixels.")]
    [InlineData(24, -8, "a.mrc says that its extended header has -8 bytes.")]
    [InlineData(24, 8, "a.mrc has 0 bytes of numbers; its header says 8.")]
    public async Task An_mrc_file_whose_header_lies_is_refused(int word, int value, string message)
    {
        using var folder = new TemporaryFolder();
        byte[] file = new byte[MrcHeader.Size + 8];
        new MrcHeader(2, 2, 1, MrcMode.Int16, 1.5, "test").Write(file, null);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan((word - 1) * 4), value);
        await File.WriteAllBytesAsync(folder["a.mrc"], file, TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);

        Assert.Equal(message, (await contents.RefusalAsync(Ask("a.mrc", "/.zarray"))).Message);
    }

    [Theory]
    [InlineData("BZh91AY", "a.mrcs.bz2 is packed by bzip2, which is not read. Unpack it.")]
    [InlineData("\u00FD7zXZ\0", "a.mrcs.bz2 is packed by xz, which is not read. Unpack it.")]
    public async Task A_file_that_is_packed_in_a_way_that_is_not_read_says_so(string begin, string message)
    {
        using var folder = new TemporaryFolder();
        byte[] file = [.. System.Text.Encoding.Latin1.GetBytes(begin), .. new byte[2000]];
        await File.WriteAllBytesAsync(folder["a.mrcs.bz2"], file, TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);

        Assert.Equal(message, (await contents.RefusalAsync(Ask("a.mrcs.bz2", "/.zarray"))).Message);
    }

    [Fact]
    public async Task Only_the_images_of_an_mrc_file_that_are_asked_for_are_read()
    {
        using var folder = new TemporaryFolder();
        byte[] header = new byte[MrcHeader.Size];
        const int Images = 30_000;
        new MrcHeader(1024, 1024, Images, MrcMode.Int16, 1.5, "test").Write(header, null);
        await using (FileStream file = File.Create(folder["a.mrc"]))
        {
            file.Write(header);
            file.SetLength(header.Length + (Images * 2L * 1024 * 1024));
        }

        await using var contents = new Contents(folder);

        Assert.Equal(2 << 20, (await contents.BytesAsync(Ask("a.mrc", "/29999.0.0"))).Value.Length);
        Assert.InRange(contents.Files.BytesRead, 2 << 20, 4 << 20);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_left_out_and_named_and_the_rest_is_there()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f['good'] = np.arange(4, dtype='u1')
                f['good'].attrs['units'] = 'counts'
                f['good'].attrs.create('long', np.zeros(40_000, 'u1'), dtype='u1')
                f['good'].attrs['after'] = 1
                f.create_group('lost').attrs['mark'] = 'here is the group that is damaged'
                f['other/deep'] = 1.5
            data = bytearray(open('a.h5', 'rb').read())
            at = h5py.h5o.get_info(h5py.File('a.h5')['lost'].id).addr
            data[at] = 99
            open('a.h5', 'wb').write(data)
            """);
        await using var contents = new Contents(folder);

        JsonElement all = await contents.JsonAsync(Ask("a.h5", "/.zmetadata") with { MaxBytes = 30_000 });

        JsonElement metadata = all.GetProperty("metadata");
        JsonElement attributes = metadata.GetProperty("good/.zattrs");
        Assert.Equal(("counts", 1), (attributes.GetProperty("units").GetString(), attributes.GetProperty("after").GetInt32()));
        Assert.Equal("An attribute has 40000 bytes; the limit is 30000.", attributes.GetProperty("hutch_left_out").GetProperty("long").GetString());
        Assert.Equal("<f8", metadata.GetProperty("other/deep/.zarray").GetProperty("dtype").GetString());
        Assert.StartsWith("a.h5 is damaged or incomplete", all.GetProperty("hutch_left_out").GetProperty("lost").GetString(), StringComparison.Ordinal);
        Assert.False(metadata.TryGetProperty("lost/.zgroup", out _));
    }

    private static ContentRequest Ask(string file, string key) => Contents.Ask(ContentQuery.Zarr, file, key);
}
