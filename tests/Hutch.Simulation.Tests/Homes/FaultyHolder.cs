using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A site that holds a copy, as the home reaches it over a network that breaks. It may lie.</summary>
/// <param name="world">The sites.</param>
/// <param name="there">The site that holds the copy.</param>
/// <param name="asker">The home.</param>
internal sealed class FaultyHolder(EvictionWorld world, EvictingSite there, MovingSite asker)
    : FaultyHome(there.Site, MovingWorld.KeyOf(there.Site), MovingWorld.KeyOf(asker), world.Moving.Breaks, static () => Task.CompletedTask),
        IHolderPeer
{
    public Task<Result<HoldAnswer>> HoldAsync(HoldRequest request, CancellationToken ct) => SendAsync(async () =>
    {
        BlobHash key = MovingWorld.KeyOf(asker);
        Result<HoldAnswer> answer = await there.Door.HoldAsync(key, request, ct);
        await there.Attestations.WhenReadAsync(ct);
        return answer is { IsOk: true, Value.Digest: { } digest } ? await LieAsync(request, key, digest, answer.Value) : answer;
    });

    public Task<Result<DoneAnswer>> UnholdAsync(UnholdRequest request, CancellationToken ct) =>
        SendAsync(() => there.Door.UnholdAsync(MovingWorld.KeyOf(asker), request, ct));

    public override Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
        SendAsync(() => base.PagesAsync(dataset, pages, ct));

    public override Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) =>
        SendAsync(async () => Serve(await base.BlobsAsync(dataset, pages, ct)));

    public override Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        SendAsync(async () => Serve(await base.PartAsync(dataset, page, blob, offset, until, ct)));

    /// <summary>What is asked may be lost, and the answer; and the home may stop before it hears.</summary>
    private async Task<Result<T>> SendAsync<T>(Func<Task<Result<T>>> send)
    {
        await world.PassAsync(asker);
        if (there.Lie == Lie.Away)
        {
            throw new IOException("There is no answer.");
        }

        Break();
        Result<T> answer = await send();
        Break();
        await world.PassAsync(asker);
        return answer;
    }

    private async Task<HoldAnswer> LieAsync(HoldRequest request, BlobHash key, BlobHash digest, HoldAnswer answer)
    {
        var statement = new AttestStatement(
            asker.Registry.ZoneId, request.Dataset, request.Epoch, request.History, request.Nonce, key, digest);
        SiteKey own = await there.Site.Keys.GetAsync(TestContext.Current.CancellationToken);
        using SiteKey other = SiteKey.Read(SiteKey.Make());
        return there.Lie switch
        {
            Lie.WrongDigest => new HoldAnswer
            {
                Digest = BlobHash.Compute("other"u8),
                Proof = (statement with { Digest = BlobHash.Compute("other"u8) }).Sign(own),
            },
            Lie.OldNonce => new HoldAnswer { Digest = digest, Proof = (statement with { Nonce = BlobHash.Compute("old"u8) }).Sign(own) },
            Lie.AnotherSite => new HoldAnswer { Digest = digest, Proof = statement.Sign(other) },
            Lie.AnotherDataset => new HoldAnswer
            {
                Digest = digest,
                Proof = (statement with { Dataset = new DatasetId(new Guid(7, 7, 7, new byte[8])) }).Sign(own),
            },
            _ => answer,
        };
    }

    private Result<Stream> Serve(Result<Stream> honest)
    {
        switch (there.Lie)
        {
            case Lie.Gone:
                return ErrorCode.Gone.With("The bytes are no longer stored.");
            case Lie.Nothing:
                return new MemoryStream();
            case Lie.Garbage when honest is { IsOk: true, Value.Length: > 0 }:
                byte[] bytes = ((MemoryStream)honest.Value).ToArray();
                bytes[bytes.Length / 2] ^= 1;
                return new MemoryStream(bytes);
            default:
                return honest;
        }
    }
}
