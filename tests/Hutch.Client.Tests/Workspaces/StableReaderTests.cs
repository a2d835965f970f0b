using Hutch.Client.Tests.Fakes;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Testing;

namespace Hutch.Client.Tests.Workspaces;

public sealed class StableReaderTests : IDisposable
{
    private static readonly DateTime LongAgo = DateTime.UnixEpoch.AddYears(30);

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedProgress _progress = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_rewritten_with_the_same_size_while_it_is_read_is_not_whole()
    {
        LocalItem item = Write("before");
        _progress.Added = () => _folder.Write("a", "after!");

        Assert.Equal(ReadOutcome.Changing, Hash(item));
    }

    [Fact]
    public void A_file_that_grows_while_it_is_read_is_not_whole()
    {
        LocalItem item = Write("before");
        _progress.Added = () => _folder.Write("a", "after it grew");

        Assert.Equal(ReadOutcome.Changing, Hash(item));
    }

    [Fact]
    public void A_file_that_holds_still_is_whole()
    {
        LocalItem item = Write("before");

        Assert.Equal(ReadOutcome.Whole, Hash(item));
    }

    /// <summary>Both ways to read share one judgement, which the tests above show; this shows that the other way asks for it.</summary>
    [Fact]
    public void A_small_file_that_changes_while_it_is_read_is_not_whole()
    {
        using FolderHandle root = FolderHandle.Open(_folder.Path);
        using var reader = new StableReader(root);
        LocalItem item = Write("before");
        using var memory = new TouchingMemory(() => _folder.Write("a", "after!"));

        Assert.Equal(ReadOutcome.Changing, reader.Read(item, memory.Memory, out _, out _));
        Assert.Equal(ReadOutcome.Whole, reader.Read(item, new byte[6], out int length, out _));
        Assert.Equal(6, length);
        Assert.Equal(ReadOutcome.Changing, reader.Read(item, new byte[5], out _, out _));
    }

    private LocalItem Write(string text)
    {
        _folder.Write("a", text);
        File.SetLastWriteTimeUtc(_folder["a"], LongAgo);
        return new LocalItem("a", "a", LocalKind.File, default);
    }

    private ReadOutcome Hash(LocalItem item)
    {
        using FolderHandle root = FolderHandle.Open(_folder.Path);
        using var reader = new StableReader(root);
        return reader.Hash(item, _progress, out _, out _, TestContext.Current.CancellationToken);
    }

    /// <summary>Memory that does something when it is filled: between the first look at a file and the last.</summary>
    private sealed class TouchingMemory(Action touch) : System.Buffers.MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[64];

        public override Span<byte> GetSpan()
        {
            touch();
            return _bytes;
        }

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
