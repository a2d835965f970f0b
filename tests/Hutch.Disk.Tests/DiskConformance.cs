using System.Runtime.InteropServices;
using System.Text;

namespace Hutch.Disk.Tests;

/// <summary>What every disk does: the local one and its faulty twin run the same suite.</summary>
public abstract class DiskConformance
{
    protected abstract IDisk Disk { get; }

    /// <summary>An existing folder to work in.</summary>
    protected abstract string Folder { get; }

    private string At(string name) => Path.Combine(Folder, name);

    [Fact]
    public void A_new_file_reads_back_what_was_written()
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        file.Write("hello"u8, 3);

        var bytes = new byte[16];
        int read = file.ReadFully(bytes, 0);

        Assert.Equal(8, read);
        Assert.Equal(8, file.Length);
        Assert.Equal("\0\0\0hello", Encoding.ASCII.GetString(bytes, 0, read));
        Assert.Equal(0, file.ReadFully(bytes, 8));
        Assert.Equal(0, file.Read(bytes, 100));
    }

    [Fact]
    public void A_gathered_write_stores_its_buffers_in_order()
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        ReadOnlyMemory<byte>[] many = [.. Enumerable.Range(0, 3000).Select(static i => (ReadOnlyMemory<byte>)BitConverter.GetBytes(i))];

        file.Write(many, 4);

        var back = new byte[3000 * 4];
        Assert.Equal(back.Length, file.ReadFully(back, 4));
        Assert.All(Enumerable.Range(0, 3000), i => Assert.Equal(i, BitConverter.ToInt32(back, i * 4)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void Bytes_written_and_read_in_passing_match_the_file(int buffers)
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        var bytes = new byte[buffers * 1001];
        new Random(1).NextBytes(bytes);
        file.Write("before"u8, 0);

        file.WriteInPassing([.. bytes.Chunk(1001).Select(static part => (ReadOnlyMemory<byte>)part)], 6);
        file.Sync();
        file.Write("after"u8, 6 + bytes.Length);

        var back = new byte[6 + bytes.Length + 5 + 10];
        Assert.Equal(back.Length - 10, file.ReadFully(back, 0, inPassing: true));
        Assert.Equal("before", Encoding.ASCII.GetString(back, 0, 6));
        Assert.True(back.AsSpan(6, bytes.Length).SequenceEqual(bytes));
        Assert.Equal("after", Encoding.ASCII.GetString(back, 6 + bytes.Length, 5));
        Assert.Equal(0, file.ReadInPassing(back, 1_000_000_000));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(512, 0)]
    [InlineData(512, 1)]
    [InlineData(1000, 0)]
    public void What_goes_past_the_memory_of_the_system_replaces_what_was_read_into_it(int offset, int misplaced)
    {
        const int Before = 4000, Bytes = 160 << 10, After = 5000;
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        byte[] expected = [.. Enumerable.Repeat((byte)1, offset + Bytes + After)];
        file.Allocate(expected.Length);
        file.Write(expected, 0);
        file.Sync();
        Assert.Equal(expected, ReadAll(file));
        ReadOnlyMemory<byte> body = Aligned(Bytes + 1, seed: 2).Slice(misplaced, Bytes);
        body.Span.CopyTo(expected.AsSpan(offset));

        file.WriteInPassing([body[..512], body[512..(64 << 10)], body[(64 << 10)..]], offset);
        byte[] unsynced = ReadAll(file);
        file.Sync();
        expected.AsSpan(offset + Bytes - Before, Before).Fill(3);
        file.Write(expected.AsSpan(offset + Bytes - Before), offset + Bytes - Before);

        Assert.True(unsynced.AsSpan(offset, Bytes).SequenceEqual(body.Span));
        Assert.Equal(expected, ReadAll(file));
    }

    [Fact]
    public void A_write_past_the_memory_of_the_system_extends_the_file()
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        Memory<byte> body = Aligned(64 << 10, seed: 1);

        file.WriteInPassing([body], 0);
        file.WriteInPassing([body], body.Length);
        file.Sync();

        Assert.Equal([.. body.Span, .. body.Span], ReadAll(file));
    }

    private static byte[] ReadAll(IDiskFile file)
    {
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.ReadFully(bytes, 0));
        return bytes;
    }

    /// <summary>Memory that begins at a page, as the disk wants it.</summary>
    private static Memory<byte> Aligned(int bytes, int seed)
    {
        byte[] array = GC.AllocateArray<byte>(bytes + 4096, pinned: true);
        new Random(seed).NextBytes(array);
        return array.AsMemory((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & 4095), bytes);
    }

    [Fact]
    public void A_name_is_created_once()
    {
        Disk.Open(At("a"), DiskAccess.CreateNew).Dispose();

        Assert.ThrowsAny<IOException>(() => Disk.Open(At("a"), DiskAccess.CreateNew));
    }

    [Theory]
    [InlineData(DiskAccess.Read)]
    [InlineData(DiskAccess.ReadWrite)]
    public void A_file_that_is_not_there_cannot_be_opened(DiskAccess access)
    {
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Disk.Open(At("none"), access));

        Assert.Contains(At("none"), e.Message, StringComparison.Ordinal);
        Assert.False(Disk.FileExists(At("none")));
    }

    [Fact]
    public void Cutting_and_extending_a_file_leaves_zeros_behind_the_cut()
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        file.Write("abcdefgh"u8, 0);

        file.SetLength(3);
        file.SetLength(6);

        var bytes = new byte[8];
        Assert.Equal(6, file.ReadFully(bytes, 0));
        Assert.Equal("abc\0\0\0", Encoding.ASCII.GetString(bytes, 0, 6));
    }

    [Fact]
    public void Allocating_extends_with_zeros_and_never_shortens()
    {
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.CreateNew);
        file.Write("abc"u8, 0);

        file.Allocate(10_000);
        file.Allocate(5);

        var bytes = new byte[10_000];
        Assert.Equal(10_000, file.ReadFully(bytes, 0));
        Assert.Equal((byte)'c', bytes[2]);
        Assert.False(bytes.AsSpan(3).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void An_open_file_can_be_read_after_its_deletion()
    {
        Disk.Open(At("a"), DiskAccess.CreateNew).Dispose();
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.ReadWrite);
        file.Write("still here"u8, 0);

        Disk.Delete(At("a"));

        var bytes = new byte[10];
        Assert.Equal(10, file.ReadFully(bytes, 0));
        Assert.False(Disk.FileExists(At("a")));
        Disk.Delete(At("a"));
    }

    [Fact]
    public void A_rename_replaces_what_had_the_name()
    {
        Write("old", "old");
        Write("new", "new");

        Disk.Rename(At("new"), At("old"));

        Assert.Equal("new", Encoding.ASCII.GetString(Disk.ReadAllBytes(At("old"), 100)));
        Assert.Equal(["old"], Disk.ListFiles(Folder));
    }

    [Fact]
    public void Files_are_listed_by_name_and_folders_are_not()
    {
        Write("b", "");
        Write("B", "");
        Write("a", "");
        Disk.CreateFolder(At("folder"));
        Disk.CreateFolder(At("folder"));
        Disk.SyncFolder(Folder);

        Assert.Equal(["B", "a", "b"], Disk.ListFiles(Folder));
        Assert.Empty(Disk.ListFiles(At("folder")));
        Assert.Empty(Disk.ListFiles(At("nowhere")));
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_synced() =>
        Assert.ThrowsAny<IOException>(() => Disk.SyncFolder(At("nowhere")));

    [Fact]
    public void A_file_for_reading_is_not_written_to()
    {
        Write("a", "abc");
        using IDiskFile file = Disk.Open(At("a"), DiskAccess.Read);

        Assert.ThrowsAny<Exception>(() => file.Write("x"u8, 0));
        Assert.Equal("abc", Encoding.ASCII.GetString(Disk.ReadAllBytes(At("a"), 3)));
    }

    [Fact]
    public void A_file_larger_than_expected_is_not_read_as_a_whole()
    {
        Write("a", "abc");

        Assert.Throws<IOException>(() => Disk.ReadAllBytes(At("a"), 2));
    }

    [Fact]
    public void A_lock_is_held_by_one_at_a_time_and_leaves_the_file_as_it_is()
    {
        Write("a", "content");

        using (Disk.Lock(At("a")))
        {
            DiskLockedException e = Assert.Throws<DiskLockedException>(() => Disk.Lock(At("a")));
            Assert.Contains("locked by another process", e.Message, StringComparison.Ordinal);
        }

        Disk.Lock(At("a")).Dispose();
        Assert.Equal("content", Encoding.ASCII.GetString(Disk.ReadAllBytes(At("a"), 100)));
    }

    [Fact]
    public void A_locked_data_folder_is_refused_with_the_process_that_holds_the_lock()
    {
        using (DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false))
        {
            DataVersion.Begin(Disk, Folder, 2, Guid.NewGuid);
            DataFolderLock.Sign(Disk, Folder, TimeProvider.System);

            DiskLockedException e = Assert.Throws<DiskLockedException>(() => DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false));
            Assert.StartsWith($"process {Environment.ProcessId} on ", e.Owner, StringComparison.Ordinal);
        }

        DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false).Dispose();
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        AtomicFile.Replace(Disk, At("a"), "one"u8);
        AtomicFile.Replace(Disk, At("a"), "three"u8);

        Assert.Equal("three", Encoding.ASCII.GetString(Disk.ReadAllBytes(At("a"), 100)));
        Assert.Equal(["a"], Disk.ListFiles(Folder));
    }

    [Fact]
    public void There_is_some_space()
    {
        DiskSpace space = Disk.Space(Folder);

        Assert.InRange(space.FreeBytes, 1, space.TotalBytes);
        Assert.NotEmpty(space.FileSystem);
    }

    [Fact]
    public void The_version_of_a_folder_is_kept_and_compared()
    {
        Assert.Null(DataVersion.Read(Disk, Folder));
        var written = new DataVersion(3, 2, new Incarnation(new string('a', 32), DateTimeOffset.UnixEpoch, new string('b', 32), MustVoid: true));

        written.Write(Disk, Folder);

        DataVersion version = DataVersion.Read(Disk, Folder)!;
        Assert.Equal(written, version);
        Assert.False(version.NeedsUpgrade(3, Folder));
        Assert.False(version.NeedsUpgrade(2, Folder));
        Assert.True(version.NeedsUpgrade(4, Folder));
        IOException e = Assert.Throws<IOException>(() => version.NeedsUpgrade(1, Folder));
        Assert.Contains("Install the newer version", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"x\",\"min_reader\":1}")]
    [InlineData("{\"format\":1,\"min_reader\":2}")]
    [InlineData("{\"format\":0,\"min_reader\":0}")]
    [InlineData("{\"format\":99999999999,\"min_reader\":1}")]
    public void A_damaged_version_is_refused_with_words(string text)
    {
        Write(DataVersion.FileName, text);

        IOException e = Assert.Throws<IOException>(() => DataVersion.Read(Disk, Folder));
        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_read_from_its_line_whatever_stands_behind_it()
    {
        var version = new DataVersion(2, 2, new Incarnation(new string('a', 32)));
        version.Write(Disk, Folder);
        DataFolderLock.Sign(Disk, Folder, TimeProvider.System);

        byte[] file = Disk.ReadAllBytes(At(DataVersion.FileName), 4096);

        Assert.Equal(version, DataVersion.Read(Disk, Folder));
        Assert.Equal(DataVersion.RestOffset, file.Length);
        Assert.StartsWith(
            "{\"format\":2,\"min_reader\":2,\"incarnation\":{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\"crc\":\"d5d3ea2f\"} ",
            Encoding.ASCII.GetString(file),
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_changed_bit_of_a_version_makes_another_one_of_it()
    {
        var version = new DataVersion(3, 3, new Incarnation(new string('a', 32)));
        version.Write(Disk, Folder);
        byte[] whole = Disk.ReadAllBytes(At(DataVersion.FileName), 4096);
        for (int bit = 0; bit < 8 * whole.AsSpan().IndexOf((byte)' '); bit++)
        {
            using (IDiskFile file = Disk.Open(At(DataVersion.FileName), DiskAccess.ReadWrite))
            {
                file.Write([(byte)(whole[bit / 8] ^ (1 << (bit % 8)))], bit / 8);
            }

            try
            {
                Assert.Equal(version, DataVersion.Read(Disk, Folder));
            }
            catch (IOException e)
            {
                Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
            }

            using (IDiskFile file = Disk.Open(At(DataVersion.FileName), DiskAccess.ReadWrite))
            {
                file.Write([whole[bit / 8]], bit / 8);
            }
        }
    }

    [Fact]
    public void A_version_of_one_line_as_older_programs_and_people_write_it_is_read_too()
    {
        Write(DataVersion.FileName, "{\"format\":1,\"min_reader\":1}\n");

        Assert.Equal(new DataVersion(1, 1), DataVersion.Read(Disk, Folder));
    }

    [Fact]
    public void A_folder_that_was_locked_and_never_written_has_no_version_yet()
    {
        DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false).Dispose();
        Assert.Null(DataVersion.Read(Disk, Folder));

        DataFolderLock.Sign(Disk, Folder, TimeProvider.System);
        Assert.Null(DataVersion.Read(Disk, Folder));
    }

    protected void Write(string name, string text)
    {
        using IDiskFile file = Disk.Open(At(name), DiskAccess.CreateNew);
        file.Write(Encoding.ASCII.GetBytes(text), 0);
        file.Sync();
    }
}
