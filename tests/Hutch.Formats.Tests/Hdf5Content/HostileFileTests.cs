using Hutch.Formats.Hdf5;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5Content;

/// <summary>Files that are damaged, or made to do harm, and readers that are left alone.</summary>
public sealed class HostileFileTests
{
    [Fact]
    public async Task A_file_of_the_machine_is_never_read()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w', libver='latest') as f:
                f.create_dataset('direct', shape=(8,), dtype='u1', external=[('/etc/passwd', 0, 8)])
                layout = h5py.VirtualLayout(shape=(8,), dtype='u1')
                layout[:] = h5py.VirtualSource('.', 'direct', shape=(8,))
                f.create_virtual_dataset('virtual', layout)
                f['link'] = h5py.ExternalLink('/etc/hostname', '/')
            """);
        await using var contents = new Contents(folder);

        HutchError direct = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/direct"));
        HutchError virtually = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/virtual"));
        HutchError link = await contents.RefusalAsync(Contents.Ask(ContentQuery.Attributes, "a.h5", "/link"));

        Assert.Equal("The values of '/direct' are in external raw files, which are not read. Use a virtual data set instead.", direct.Message);
        Assert.Equal(ErrorCode.UnreadableFile, virtually.Code);
        Assert.StartsWith("Cannot resolve the link '/link'", link.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_anywhere_is_refused_or_read_and_the_reader_lives_on()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('whole.h5', 'w') as f:
                f.create_dataset('x', data=np.arange(10000), chunks=(100,), compression='gzip')
                for i in range(50): f[f'g/{i}'] = str(i)
            """);
        byte[] whole = await File.ReadAllBytesAsync(folder["whole.h5"], TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);
        foreach (int length in new[] { 0, 7, 8, 96, 512, whole.Length / 3, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(folder[$"{length}.h5"], whole[..length], TestContext.Current.CancellationToken);

            HutchError error = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, $"{length}.h5", "/x"));

            Assert.Equal(ErrorCode.UnreadableFile, error.Code);
        }

        Assert.Equal("5", (await contents.DataAsync("whole.h5", "/x", "5")).GetRawText());
    }

    [Fact]
    public async Task Bytes_that_were_turned_over_never_kill_more_than_the_reader()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('whole.h5', 'w') as f:
                f.create_dataset('x', data=np.arange(1000), chunks=(100,), compression='gzip')
                f['x'].attrs['a'] = ['b', 'c']
            """);
        byte[] whole = await File.ReadAllBytesAsync(folder["whole.h5"], TestContext.Current.CancellationToken);
        await using var contents = new Contents(folder);
        var random = new Random(17);
        for (int i = 0; i < 150; i++)
        {
            byte[] bad = [.. whole];
            for (int k = 0; k < 4; k++)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            await File.WriteAllBytesAsync(folder[$"{i}.h5"], bad, TestContext.Current.CancellationToken);
            await contents.BytesAsync(Contents.Ask(ContentQuery.Meta, $"{i}.h5", "/x"));
            await contents.BytesAsync(Contents.Ask(ContentQuery.Attributes, $"{i}.h5", "/x"));
            await contents.BytesAsync(Contents.Ask(ContentQuery.Data, $"{i}.h5", "/x"));
        }

        Assert.Equal("5", (await contents.DataAsync("whole.h5", "/x", "5")).GetRawText());
    }

    [Fact]
    public async Task An_answer_that_would_be_too_large_is_refused()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f.create_dataset('huge', shape=(1 << 40,), dtype='u1', chunks=(1 << 20,))
                f['text'] = ['x' * 100000] * 100
            """);
        await using var contents = new Contents(folder);

        HutchError huge = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/huge") with { Form = ContentForm.Binary });
        HutchError text = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/text") with { MaxBytes = 1_000_000 });

        Assert.Equal(
            "These are 1099511627776 values of 1 bytes; an answer has at most 268435456 bytes. Ask for a part of them.", huge.Message);
        Assert.Equal(ErrorCode.TooLarge, text.Code);
    }

    [Fact]
    public async Task Chunks_that_unpack_to_more_memory_than_there_is_are_refused()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                d = f.create_dataset('bomb', shape=(3 << 27,), chunks=(3 << 27,), dtype='u1', compression='gzip')
                import zlib
                d.id.write_direct_chunk((0,), zlib.compress(bytes(3 << 27), 1))
            """);
        await using var contents = new Contents(folder, new Hdf5ReaderOptions { MaxMemoryBytes = 256 << 20 });

        HutchError error = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/bomb") with { Selection = "0:10" });

        Assert.Equal(ErrorCode.UnreadableFile, error.Code);
    }

    [Fact]
    public async Task A_huge_file_of_holes_opens_with_few_bytes_read()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w', libver='latest') as f:
                space = h5py.h5s.create_simple((25_000, 1000, 1000))
                plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY); plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
                d = h5py.h5d.create(f.id, b'frames', h5py.h5t.NATIVE_UINT32, space, plist)
                h5py.Dataset(d)[24_999, 0, :4] = [1, 2, 3, 4]
            """);
        await using var contents = new Contents(folder);

        string part = (await contents.DataAsync("a.h5", "/frames", "24999,0,:5")).GetRawText();

        Assert.Equal("[1,2,3,4,0]", part);
        Assert.True(new FileInfo(folder["a.h5"]).Length > 100_000_000_000);
        Assert.InRange(contents.Files.BytesRead, 1, 4 << 20);
    }

    [Fact]
    public async Task A_cancelled_read_ends_and_the_reader_process_continues()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f: f.create_dataset('x', data=np.arange(1 << 20), chunks=(1 << 14,))
            """);
        using var ending = new CancellationTokenSource();
        int reads = 0;
        await using var contents = new Contents(folder)
        {
            Files = new FolderFiles(folder)
            {
                BeforeRead = async _ =>
                {
                    if (++reads == 6)
                    {
                        await ending.CancelAsync();
                    }
                },
            },
        };
        await contents.MetaAsync("a.h5");
        int? before = contents.Process.ProcessId;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => contents.Process.RequestAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/x"), contents.Files, ending.Token));
        int readBefore = reads;

        Assert.Equal("7", (await contents.DataAsync("a.h5", "/x", "7")).GetRawText());
        Assert.NotNull(before);
        Assert.InRange(readBefore, 6, 8);
    }

    [Fact]
    public async Task A_filter_that_is_not_known_is_named()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                create.set_chunk((10,))
                create.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
                h5py.h5d.create(f.id, b'x', h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((100,)), create).write_direct_chunk((0,), bytes(40))
            """);
        await using var contents = new Contents(folder);

        HutchError error = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/x"));

        Assert.Equal(
            "The values of '/x' are packed by Zstandard (32015), which Hutch cannot unpack. Download the file and open it with h5py and hdf5plugin.",
            error.Message);
    }
}
