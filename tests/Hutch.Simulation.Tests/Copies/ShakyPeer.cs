using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Streams;

namespace Hutch.Simulation.Tests.Copies;

/// <summary>A site from which a copy comes over a network that breaks, and is away for a while; it may send other bytes than it has.</summary>
/// <param name="inner">The site.</param>
/// <param name="chance">What happens follows from this alone.</param>
/// <param name="isLiar">Whether it sends other bytes.</param>
/// <param name="passes">Told of whatever comes.</param>
internal sealed class ShakyPeer(IHomePeer inner, Random chance, bool isLiar, Action passes) : IHomePeer
{
    private readonly Lock _gate = new();
    private int _away;

    /// <summary>Whether anything goes wrong.</summary>
    public bool IsFaulty { get; set; } = true;

    public string Name => inner.Name;

    public BlobHash Key => inner.Key;

    public long Answers => inner.Answers;

    public Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct) =>
        inner.HistoryAsync(dataset, null, ct);

    public Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
        inner.PagesAsync(dataset, pages, ct);

    public Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) =>
        SendAsync(() => inner.BlobsAsync(dataset, pages, ct), mayLie: true);

    public Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        SendAsync(() => inner.PartAsync(dataset, page, blob, offset, until, ct), mayLie: true);

    public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        inner.ExtentsAsync(dataset, page, blob, offset, ct);

    public Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        SendAsync(() => inner.HashesAsync(dataset, page, blob, offset, until, ct), mayLie: false);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) =>
        inner.UnhashedAsync(dataset, after, ct);

    public Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) =>
        inner.UnhashedPartAsync(dataset, path, version, offset, until, ct);

    private async Task<Result<Stream>> SendAsync(Func<Task<Result<Stream>>> send, bool mayLie)
    {
        (bool isAway, int breaksAfter, bool lies, double where) = Draw();
        if (isAway)
        {
            throw new IOException("There is no answer.");
        }

        Result<Stream> sent = await send();
        if (!sent.IsOk)
        {
            return sent;
        }

        byte[] bytes = ((MemoryStream)sent.Value).ToArray();
        if (mayLie && lies && bytes.Length > 0)
        {
            bytes[(int)(where * bytes.Length)] ^= 1;
        }

        return new ShakyStream(bytes, breaksAfter, passes);
    }

    private (bool IsAway, int BreaksAfter, bool Lies, double Where) Draw()
    {
        lock (_gate)
        {
            if (IsFaulty && _away == 0 && chance.Next(20) == 0)
            {
                _away = chance.Next(1, 4);
            }

            bool isAway = IsFaulty && _away > 0;
            _away = Math.Max(0, _away - 1);
            int breaksAfter = IsFaulty && chance.Next(6) == 0 ? chance.Next(20) : int.MaxValue;
            return (isAway, breaksAfter, isLiar && chance.Next(2) == 0, chance.NextDouble());
        }
    }

    /// <summary>Bytes that come in pieces, and may end in the middle.</summary>
    private sealed class ShakyStream(byte[] bytes, int breaksAfter, Action passes) : ForwardStream
    {
        private const int PieceBytes = 1 << 20;

        private int _at;
        private int _pieces;

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            passes();
            cancellationToken.ThrowIfCancellationRequested();
            if (_pieces++ == breaksAfter)
            {
                throw new IOException("The connection broke.");
            }

            int read = Math.Min(Math.Min(buffer.Length, PieceBytes), bytes.Length - _at);
            bytes.AsSpan(_at, read).CopyTo(buffer.Span);
            _at += read;
            return read;
        }
    }
}
