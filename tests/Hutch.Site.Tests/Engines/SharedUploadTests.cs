using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Streams;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Pushes;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>One upload of a push, of which two servers over one log get requests.</summary>
public sealed class SharedUploadTests : IAsyncLifetime
{
    private static readonly UploadKey Id = UploadKey.Parse("00112233445566778899aabbccddeeff").Value;

    private readonly MemoryLog _log = new(new ShiftedTime());
    private Func<LogStep, Exception?> _fail = static _ => null;
    private TestSite[] _servers = [];
    private SiteSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = [await OpenAsync(static _ => null), await OpenAsync(step => _fail(step))];
        SiteDataset dataset = await _servers[0].CreateAsync("shared");
        _session = (await _servers[0].Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        await CatchUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestSite server in _servers)
        {
            await server.DisposeAsync();
        }

        _log.Dispose();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(300_000, true)]
    [InlineData(300_000, false)]
    public async Task Of_two_servers_that_get_the_same_offset_one_continues_and_the_other_reports_the_offset_reached(int offset, bool sendSame)
    {
        byte[] content = Bytes(seed: 1, 700_000);
        byte[] other = sendSame ? content : [.. content[..offset], .. Bytes(seed: 2, content.Length - offset)];
        if (offset > 0)
        {
            Assert.Equal(offset, (await UploadAsync(0, Id, content, 0, offset)).Value.Offset);
            await CatchUpAsync();
        }

        // The second server has read the offset, and some bytes, when the first gets all of them.
        using var slow = new WaitingStream(other.AsMemory(offset));
        Task<Result<UploadState>> second = _servers[1].Site.ResumableUploads.ContinueAsync(
            _session, Id, content.Length, offset, PipeReader.Create(slow), null, Ct);
        await slow.Begun.WaitAsync(Ct);

        UploadState first = (await UploadAsync(0, Id, content, offset, content.Length)).Value;
        slow.GoOn();

        HutchError refused = (await second).Error!;
        Assert.Equal(ErrorCode.Conflict, refused.Code with { Advice = ErrorCode.Conflict.Advice });
        Assert.Equal(content.Length.ToString(CultureInfo.InvariantCulture), refused.Details!["offset"]);
        Assert.Equal(BlobHash.Compute(content), first.Hash);
        await CatchUpAsync();
        foreach (TestSite server in _servers)
        {
            Assert.Equal(first, (await server.Site.ResumableUploads.StateAsync(_session, Id, Ct)).Value);
            Assert.Equal(content, await ReadAsync(server, first.Hash!.Value));
        }
    }

    [Fact]
    public async Task A_record_never_names_the_bytes_that_another_server_wrote_under_the_same_name()
    {
        byte[] content = Bytes(seed: 1, 700_000);
        byte[] other = [.. content[..300_000], .. Bytes(seed: 2, 400_000)];
        await UploadAsync(0, Id, content, 0, 300_000);
        await CatchUpAsync();
        using var slow = new WaitingStream(content.AsMemory(300_000));
        Task<Result<UploadState>> first = _servers[0].Site.ResumableUploads.ContinueAsync(
            _session, Id, content.Length, 300_000, PipeReader.Create(slow), null, Ct);
        await slow.Begun.WaitAsync(Ct);

        // The second server stores its bytes, and cannot record them.
        _fail = static step => step == LogStep.BeforeAppend ? new StorageRefusedException("No.") : null;
        Assert.False((await UploadAsync(1, Id, other, 300_000, other.Length)).IsOk);
        slow.GoOn();

        HutchError refused = (await first).Error!;
        Assert.Equal("Another server got other bytes for this upload, from byte 300000 on.", refused.Message);
        Result<UploadState> again = await UploadAsync(0, Id, content, 300_000, content.Length);
        Assert.Equal(ErrorCode.DigestMismatch, again.Error?.Code);
        Assert.Equal(BlobHash.Compute(content), (await UploadAsync(0, Id, content, 0, content.Length)).Value.Hash);
    }

    /// <summary>Its connection breaks after as many bytes as the other server got meanwhile, which are others.</summary>
    [Fact]
    public async Task A_server_discards_the_hash_of_bytes_that_it_could_not_record()
    {
        byte[] right = Bytes(seed: 1, 700_000);
        byte[] wrong = [.. right[..300_000], .. Bytes(seed: 2, 200_000), .. right[500_000..]];
        var key = UploadKey.OfHash(BlobHash.Compute(right));
        await UploadAsync(0, key, right, 0, 300_000);
        await CatchUpAsync();
        using var slow = new WaitingStream(right.AsMemory(300_000, 200_000)) { Breaks = true };
        Task<Result<UploadState>> second = _servers[1].Site.ResumableUploads.ContinueAsync(
            _session, key, right.Length, 300_000, PipeReader.Create(slow), null, Ct);
        await slow.Begun.WaitAsync(Ct);

        Assert.Equal(500_000, (await UploadAsync(0, key, wrong, 300_000, 500_000)).Value.Offset);
        slow.GoOn();
        await Assert.ThrowsAsync<IOException>(() => second);
        await CatchUpAsync();

        Assert.Equal(ErrorCode.DigestMismatch, (await UploadAsync(1, key, right, 500_000, right.Length)).Error?.Code);
        Assert.Null(await _servers[1].Site.Blobs.FindWholeAsync(key.Name, Ct));
    }

    [Fact]
    public async Task A_server_that_remembers_the_hash_of_an_upload_does_not_give_it_for_the_next_one_under_the_same_id()
    {
        byte[] before = Bytes(seed: 1, 200_000);
        byte[] after = Bytes(seed: 2, 200_000);
        Assert.Equal(BlobHash.Compute(before), (await UploadAsync(0, Id, before, 0, before.Length)).Value.Hash);
        await CatchUpAsync();
        Result<UploadState> tooLong = await _servers[1].Site.ResumableUploads.ContinueAsync(
            _session, Id, before.Length, before.Length, PipeReader.Create(new MemoryStream(new byte[1])), null, Ct);
        Assert.Equal(ErrorCode.DigestMismatch, tooLong.Error?.Code);

        Assert.Equal(BlobHash.Compute(after), (await UploadAsync(1, Id, after, 0, after.Length)).Value.Hash);
        await CatchUpAsync();

        Assert.Equal(BlobHash.Compute(after), (await _servers[0].Site.ResumableUploads.StateAsync(_session, Id, Ct)).Value.Hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Stored_bytes_match_the_returned_hash_for_every_distribution_of_parts_to_servers(int seed)
    {
        byte[][] contents = [Bytes(seed, 900_000), Bytes(-seed, 900_000)];
        var answered = new ConcurrentBag<BlobHash>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => SendAsync(new Random(seed + i), contents[i % 2]), Ct)));

        await CatchUpAsync();
        Assert.NotEmpty(answered);
        foreach (BlobHash hash in answered.Distinct())
        {
            Assert.Equal(hash, BlobHash.Compute(await ReadAsync(_servers[0], hash)));
            Assert.Equal(hash, BlobHash.Compute(await ReadAsync(_servers[1], hash)));
        }

        async Task SendAsync(Random random, byte[] content)
        {
            long offset = 0;
            for (int attempt = 0; attempt < 60; attempt++)
            {
                int end = (int)Math.Min(content.Length, offset + random.Next(1, 400_000));
                Result<UploadState> sent = await UploadAsync(random.Next(2), Id, content, (int)offset, end);
                if (sent.IsOk && sent.Value.Hash is { } hash)
                {
                    answered.Add(hash);
                    return;
                }

                offset = sent.IsOk ? sent.Value.Offset
                    : sent.Error.Details?.GetValueOrDefault("offset") is { } reached ? long.Parse(reached, CultureInfo.InvariantCulture)
                    : 0;
                if (offset >= content.Length)
                {
                    return; // somebody else has sent the end
                }
            }
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(TestSite server, BlobHash hash) =>
        await (await server.Site.Blobs.FindWholeAsync(hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);

    private Task<TestSite> OpenAsync(Func<LogStep, Exception?> fail) =>
        TestSite.OpenAsync(new SiteOptions { Engine = new MemoryEngine(_log, fail) });

    private async Task<Result<UploadState>> UploadAsync(int server, UploadKey key, byte[] content, int from, int to) =>
        await _servers[server].Site.ResumableUploads.ContinueAsync(
            _session, key, content.Length, from, PipeReader.Create(new MemoryStream(content, from, to - from)), null, Ct);

    /// <summary>Waits until both servers show all that is in the log.</summary>
    private async Task CatchUpAsync()
    {
        foreach (TestSite server in _servers)
        {
            await server.Site.ReadIndex.AwaitAsync(Ct);
        }
    }

    /// <summary>A body whose sender stops in its middle.</summary>
    private sealed class WaitingStream(ReadOnlyMemory<byte> bytes) : ForwardStream
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _given;

        /// <summary>Ends when the first bytes have been read, and more are asked for.</summary>
        public Task Begun => _begun.Task;

        /// <summary>Whether the connection breaks where the bytes end.</summary>
        public bool Breaks { get; init; }

        public void GoOn() => _goOn.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int wanted = 1000;
            if (_given > 0)
            {
                _begun.TrySetResult();
                await _goOn.Task.WaitAsync(cancellationToken);
                wanted = int.MaxValue;
            }

            int count = Math.Min(wanted, Math.Min(buffer.Length, bytes.Length - _given));
            bytes.Slice(_given, count).CopyTo(buffer);
            _given += count;
            return count > 0 || !Breaks ? count : throw new IOException("The connection broke.");
        }

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();
    }
}
