using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Formats.Hdf5;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Previews.Contents;
using Hutch.Previews.Tests.Support;
using Hutch.Testing.Clocks;

namespace Hutch.Previews.Tests.Contents;

/// <summary>Answers of a real reader process, and what they hold while they are sent.</summary>
public sealed class PooledContentReaderTests : IAsyncDisposable
{
    private static readonly DatasetId Dataset = new(Guid.NewGuid());
    private static readonly ReaderCommand Command = new(Path.Combine(AppContext.BaseDirectory, "Hutch.Formats.ReaderHost"), ["content"]);

    private readonly MemoryFiles _files = new();
    private readonly HeldTime _time = new();
    private readonly FileReaderOptions _options = new() { Readers = 1, CacheBytes = 1 << 20 };
    private readonly ReaderPool _pool;
    private readonly PooledContentReader _reader;

    public PooledContentReaderTests()
    {
        _pool = new ReaderPool(Command, _options, _time);
        _reader = new PooledContentReader(_pool, new AnswerCache(_options.CacheBytes), _options, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_given_again_without_a_reader_as_long_as_the_file_is_the_same()
    {
        _files.Put("a.npy", 1, 2, 3);
        byte[] first = await BytesAsync("a.npy");
        int reads = _files.Reads;
        byte[] again;
        await using ((await _pool.RentAsync(Dataset, Ct)).Value)
        {
            again = await BytesAsync("a.npy");
        }

        _files.Put("a.npy", 4, 5);
        byte[] changed = await BytesAsync("a.npy");

        Assert.Equal([1, 2, 3], first);
        Assert.Equal(first, again);
        Assert.True(reads > 0);
        Assert.Equal([4, 5], changed);
    }

    [Fact]
    public async Task An_answer_that_is_being_sent_keeps_no_reader()
    {
        _files.Put("a.npy", 1);
        _files.Put("b.npy", 2);

        await using IContentAnswer held = (await RequestAsync("a.npy")).Value;

        Assert.Equal([2], await BytesAsync("b.npy"));
        Assert.Equal([1], await BytesAsync(held));
    }

    [Fact]
    public async Task An_answer_too_large_for_memory_is_sent_from_its_reader_for_a_limited_time()
    {
        _files.Put("large.npy", new byte[1 << 20]);
        _files.Put("a.npy", 1);
        IContentAnswer answer = (await RequestAsync("large.npy")).Value;
        var client = new Pipe(); // which nobody reads
        Task sending = answer.CopyToAsync(client.Writer, Ct);

        _time.EndLastWait();

        HutchException cut = await Assert.ThrowsAsync<HutchException>(() => sending);
        Assert.Equal(ErrorCode.Unavailable, cut.Error.Code);
        await answer.DisposeAsync();
        Assert.Equal([1], await BytesAsync("a.npy"));
    }

    [Fact]
    public async Task A_file_that_was_opened_for_an_answer_is_compared()
    {
        _files.Put("a.npy", 1);
        var files = new OpenedFiles(new VersionFiles(_files.OpenAsync));
        await files.OpenAsync("/a.npy", Ct);
        await files.OpenAsync("/b.npy", Ct);
        Task<bool> AreSameAsync() => OpenedFiles.AreSameAsync(new VersionFiles(_files.OpenAsync), files.All, Ct);

        bool before = await AreSameAsync();
        _files.Put("b.npy", 2);
        bool after = await AreSameAsync();

        Assert.True(before);
        Assert.False(after);
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private Task<Result<IContentAnswer>> RequestAsync(string file) => _reader.ReadAsync(
        Dataset, _files.OpenAsync, new ContentRequest { Question = ContentQuery.Zarr, File = file, Path = "/0" }, Ct);

    private async Task<byte[]> BytesAsync(string file)
    {
        await using IContentAnswer answer = (await RequestAsync(file)).Value;
        return await BytesAsync(answer);
    }

    private static async Task<byte[]> BytesAsync(IContentAnswer answer)
    {
        using var all = new MemoryStream();
        var writer = PipeWriter.Create(all);
        await answer.CopyToAsync(writer, Ct);
        await writer.CompleteAsync();
        return all.ToArray();
    }
}
