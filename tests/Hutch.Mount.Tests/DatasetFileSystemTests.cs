using System.Buffers.Binary;
using System.Text;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Mount.Nesting;
using Hutch.Mount.Protocol;
using Hutch.Mount.Tests.Fakes;
using Hutch.Mount.Trees;
using Hutch.Testing.Clocks;

namespace Hutch.Mount.Tests;

/// <summary>The answers of a mounted dataset, without a kernel.</summary>
public sealed class DatasetFileSystemTests : IDisposable
{
    private const ulong Top = 1;

    private readonly Mounted _version = new(at: "1");
    private readonly Mounted _head = new(at: null);
    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _version.Dispose();
        _head.Dispose();
    }

    [Fact]
    public async Task Names_that_sort_around_a_slash_are_found_one_by_one_and_in_a_listing()
    {
        // In the order of paths, "a-b" and "a.b" are between the file "a" that is not there and the folder "a/".
        string[] paths = ["a-b", "a.b", "a/x", "a0", "b", "d/e/f", "ü/😀"];
        DatasetFileSystem files = Make(_version, paths);

        foreach (string path in paths)
        {
            (ulong node, uint mode) = await FindAsync(files, path);
            Assert.NotEqual(0UL, node);
            Assert.Equal(0x8124U, mode);
        }

        Assert.Equal(0x416DU, (await FindAsync(files, "a")).Mode);
        Assert.Equal(0UL, (await FindAsync(files, "A")).Node);
        Assert.Equal([".", "..", "a", "a-b", "a.b", "a0", "b", "d", "ü"], (await ListAsync(files, Top)).Order(StringComparer.Ordinal));
        Assert.Equal([".", "..", "x"], await ListAsync(files, (await FindAsync(files, "a")).Node));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(4096)]
    public async Task A_listing_of_any_room_gives_every_name_once(int room)
    {
        string[] paths = [.. Enumerable.Range(0, 100).Select(static i => $"frame_{i:000}")];
        DatasetFileSystem files = Make(_version, paths);

        Assert.Equal([".", "..", .. paths], await ListAsync(files, Top, room));
    }

    [Fact]
    public async Task A_list_that_breaks_off_continues_behind_its_last_name()
    {
        string[] paths = [.. Enumerable.Range(0, 20).Select(static i => $"frame_{i:000}"), .. Enumerable.Range(0, 20).Select(static i => $"sub_{i:000}/x")];
        DatasetFileSystem files = Make(_version, paths);
        for (int i = 0; i < 3; i++)
        {
            _version.Server.ListBreaks.Enqueue(static () => { });
        }

        Assert.Equal([".", "..", .. paths.Select(static path => path.Split('/')[0])], await ListAsync(files, Top));
        Assert.Empty(_version.Server.ListBreaks);
    }

    [Fact]
    public async Task A_name_that_is_added_behind_the_break_of_a_list_is_listed()
    {
        DatasetFileSystem files = Make(_head, ["a/x", "b", "c", "d", "e", "f", "g"]);
        _head.Server.ListBreaks.Enqueue(() => _head.Server.Add("ff", [1]));

        Assert.Equal([".", "..", "a", "b", "c", "d", "e", "f", "ff", "g"], await ListAsync(files, Top));
    }

    [Fact]
    public async Task A_nested_dataset_is_a_folder_with_its_files_even_if_the_version_around_it_does_not_list_it()
    {
        _version.Nested.Add(new NestedMount("a/inner", _version.Server.Id, "1"));
        _version.Nested.Add(new NestedMount("other/deep/inner", _version.Server.Id, "1"));
        DatasetFileSystem files = Make(_version, ["a/x", "y"]);

        Assert.Equal([".", "..", "a", "y", "other"], await ListAsync(files, Top));
        Assert.Equal([".", "..", "x", "inner"], await ListAsync(files, (await FindAsync(files, "a")).Node));
        Assert.Equal([".", "..", "deep"], await ListAsync(files, (await FindAsync(files, "other")).Node));
        Assert.Equal([".", "..", "a", "y"], await ListAsync(files, (await FindAsync(files, "other/deep/inner")).Node));
        Assert.Equal(0UL, (await FindAsync(files, "a/inner/z")).Node);

        ulong node = (await FindAsync(files, "a/inner/a/x")).Node;
        FuseReply opened = await AskAsync(files, New(FuseOpcode.Open, node));
        ulong handle = BinaryPrimitives.ReadUInt64LittleEndian(opened.Body.Span);
        FuseReply read = await AskAsync(files, New(FuseOpcode.Read, node) with { Handle = handle, Size = 100 });
        Assert.Equal("a/x", Encoding.UTF8.GetString(read.Body.Span));
    }

    [Theory]
    [InlineData(FuseOpcode.SetAttributes)]
    [InlineData(FuseOpcode.Unlink)]
    [InlineData(FuseOpcode.Create)]
    [InlineData(FuseOpcode.Write)]
    [InlineData(FuseOpcode.Rename2)]
    [InlineData(FuseOpcode.SetExtendedAttribute)]
    internal async Task Changes_are_refused(FuseOpcode change)
    {
        DatasetFileSystem files = Make(_version, ["a"]);

        Assert.Equal(FuseError.ReadOnly, (await AskAsync(files, new FuseRequest { Opcode = change, Unique = 1, Node = Top })).Error);
    }

    [Fact]
    public async Task Opening_for_writing_a_folder_or_a_forgotten_node_is_refused()
    {
        DatasetFileSystem files = Make(_version, ["a", "d/b"]);
        ulong file = (await FindAsync(files, "a")).Node;
        ulong folder = (await FindAsync(files, "d")).Node;

        Assert.Equal(FuseError.ReadOnly, (await AskAsync(files, New(FuseOpcode.Open, file) with { Flags = 1 })).Error);
        Assert.Equal(FuseError.IsFolder, (await AskAsync(files, New(FuseOpcode.Open, folder))).Error);
        Assert.Equal(FuseError.NotFolder, (await AskAsync(files, New(FuseOpcode.OpenFolder, file))).Error);
        Assert.Equal(FuseError.NotFolder, (await AskAsync(files, New(FuseOpcode.Lookup, file) with { Name = "x" })).Error);
        await AskAsync(files, New(FuseOpcode.Forget, file) with { Forgotten = [(file, 1)] });
        Assert.Equal(FuseError.Stale, (await AskAsync(files, New(FuseOpcode.Open, file))).Error);
        Assert.Equal(FuseError.Invalid, (await AskAsync(files, New(FuseOpcode.Read, folder) with { Handle = 99, Size = 10 })).Error);
    }

    [Fact]
    public async Task The_hash_of_a_file_is_an_extended_attribute()
    {
        DatasetFileSystem files = Make(_version, ["a"]);
        string hash = BlobHash.Compute(Encoding.UTF8.GetBytes("a")).ToString();
        ulong node = (await FindAsync(files, "a")).Node;
        FuseRequest get = New(FuseOpcode.GetExtendedAttribute, node) with { Name = "user.hutch.sha256" };

        Assert.Equal(64U, U32(await AskAsync(files, get), 0));
        Assert.Equal(hash, Encoding.ASCII.GetString((await AskAsync(files, get with { Size = 64 })).Body.Span));
        Assert.Equal(FuseError.Range, (await AskAsync(files, get with { Size = 63 })).Error);
        Assert.Equal(FuseError.NoData, (await AskAsync(files, get with { Name = "security.capability" })).Error);
        Assert.Equal(
            "user.hutch.sha256\0",
            Encoding.ASCII.GetString((await AskAsync(files, New(FuseOpcode.ListExtendedAttributes, node) with { Size = 100 })).Body.Span));
    }

    [Fact]
    public async Task A_link_gives_its_target()
    {
        DatasetFileSystem files = Make(_version, []);
        _version.Server.Add(new EntryInfo { Path = "l", Kind = EntryKinds.Link, Target = "../ü" }, []);
        ulong node = (await FindAsync(files, "l")).Node;

        Assert.Equal("../ü", Encoding.UTF8.GetString((await AskAsync(files, New(FuseOpcode.ReadLink, node))).Body.Span));
    }

    [Fact]
    public async Task A_head_shows_new_removed_and_replaced_files_after_a_second_and_an_open_file_stays_as_it_was()
    {
        DatasetFileSystem files = Make(_head, ["old", "same"]);
        ulong same = (await FindAsync(files, "same")).Node;
        ulong old = (await FindAsync(files, "old")).Node;
        Assert.Equal([".", "..", "old", "same"], await ListAsync(files, Top));
        ulong handle = await OpenAsync(files, old);
        Assert.Equal("old", await ReadAsync(files, old, handle));

        _head.Server.Add("old", "replaced"u8.ToArray());
        _head.Server.Add("new", "new"u8.ToArray());
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal([".", "..", "new", "old", "same"], await ListAsync(files, Top));
        Assert.Equal(same, (await FindAsync(files, "same")).Node);
        ulong replaced = (await FindAsync(files, "old")).Node;
        Assert.NotEqual(old, replaced);
        Assert.Equal("replaced", await ReadAsync(files, replaced, await OpenAsync(files, replaced)));
        Assert.Equal("old", await ReadAsync(files, old, handle));

        _head.Server.Remove("old");
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(0UL, (await FindAsync(files, "old")).Node);
    }

    private static FuseRequest New(FuseOpcode opcode, ulong node) => new() { Opcode = opcode, Unique = 1, Node = node };

    private static async Task<FuseReply> AskAsync(DatasetFileSystem files, FuseRequest request) => await files.AnswerAsync(request, Ct);

    private static async Task<(ulong Node, uint Mode)> FindAsync(DatasetFileSystem files, string path)
    {
        (ulong node, uint mode) = (Top, 0);
        foreach (string name in path.Split('/'))
        {
            FuseReply reply = await AskAsync(files, New(FuseOpcode.Lookup, node) with { Name = name });
            (node, mode) = (BinaryPrimitives.ReadUInt64LittleEndian(reply.Body.Span), U32(reply, 100));
        }

        return (node, mode);
    }

    private static async Task<ulong> OpenAsync(DatasetFileSystem files, ulong node) =>
        BinaryPrimitives.ReadUInt64LittleEndian((await AskAsync(files, New(FuseOpcode.Open, node))).Body.Span);

    private static async Task<string> ReadAsync(DatasetFileSystem files, ulong node, ulong handle)
    {
        FuseReply reply = await AskAsync(files, New(FuseOpcode.Read, node) with { Handle = handle, Size = 4096 });
        return Encoding.UTF8.GetString(reply.Body.Span);
    }

    private static async Task<List<string>> ListAsync(DatasetFileSystem files, ulong node, int room = 4096)
    {
        ulong handle = BinaryPrimitives.ReadUInt64LittleEndian((await AskAsync(files, New(FuseOpcode.OpenFolder, node))).Body.Span);
        List<string> names = [];
        for (long offset = 0; ;)
        {
            FuseReply page = await AskAsync(files, New(FuseOpcode.ReadFolder, node) with { Handle = handle, Offset = offset, Size = room });
            if (page.Body.IsEmpty)
            {
                return names;
            }

            for (int start = 0; start < page.Body.Length;)
            {
                ReadOnlySpan<byte> one = page.Body.Span[start..];
                int length = BinaryPrimitives.ReadInt32LittleEndian(one[16..]);
                names.Add(Encoding.UTF8.GetString(one.Slice(24, length)));
                offset = BinaryPrimitives.ReadInt64LittleEndian(one[8..]);
                start += (24 + length + 7) & ~7;
            }
        }
    }

    private static uint U32(FuseReply reply, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(reply.Body.Span[offset..]);

    private DatasetFileSystem Make(Mounted mounted, string[] paths)
    {
        foreach (string path in paths)
        {
            mounted.Server.Add(path, Encoding.UTF8.GetBytes(path));
        }

        var tree = new DatasetTree(mounted.Client, mounted.Datasets, mounted.ServerRetry, mounted.Cache, _time);
        return new DatasetFileSystem(tree, mounted.NewReaders(), new DatasetFileSystem.Totals(1, 1, 1, 1000, 100), mounted.Messages.Add);
    }
}
