using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Homes;

namespace Hutch.Simulation.Tests.Purges;

/// <summary>A dataset at several sites, which the zone orders to be purged at all of them.</summary>
internal sealed class PurgeWorld(MovingWorld moving) : IAsyncDisposable
{
    public MovingWorld Moving => moving;

    public MovingSite Zone => moving.Sites[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<PurgeWorld> StartAsync(int seed, bool withEnds = false)
    {
        MovingWorld moving = await MovingWorld.StartAsync(seed, withEnds: withEnds);
        moving.IsFaulty = false;
        await moving.WriteAsync(moving.Sites[0]);
        await moving.SettleAsync();
        return new PurgeWorld(moving);
    }

    public ValueTask DisposeAsync() => moving.DisposeAsync();

    /// <summary>Orders it, as an administrator of the zone does.</summary>
    /// <param name="proof">What is said to be the zone's signature; null for that.</param>
    public async Task OrderAsync(string? proof = null)
    {
        var order = new PurgeOrder(moving.Dataset, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
        var seal = new HomeSigner(await Zone.Keys.GetAsync(Ct), Zone.View.Zone.Id);
        await moving.ChangeAsync(change =>
        {
            change.Purges.Add(order, proof ?? seal.Sign(order), "admin", "by law");
            return true;
        });
        moving.IsPurged = true;
    }

    /// <summary>A site does the next step of it.</summary>
    public async Task PurgeAsync(MovingSite site)
    {
        await site.PurgeAsync(moving.Ledger(site));
        await CheckAsync();
    }

    /// <summary>Lets everything that is under way come to its end.</summary>
    public async Task SettleAsync()
    {
        moving.IsFaulty = false;
        for (int i = 0; i < 6; i++)
        {
            foreach (MovingSite site in moving.Sites)
            {
                await moving.FollowAsync(site);
                await moving.StepAsync(site);
                await moving.CopyAsync(site);
                await PurgeAsync(site);
            }
        }
    }

    /// <summary>The sites that have said that nothing is left.</summary>
    public async Task<IReadOnlyList<string>> AnswersAsync() =>
        [.. (await Zone.Purges.FindAsync(moving.Dataset, Ct))!.Answers.Select(static answer => answer.SiteId)];

    /// <summary>Who has said that nothing is left has nothing, whatever happened since.</summary>
    public async Task CheckAsync()
    {
        if (!moving.IsPurged || await Zone.Purges.FindAsync(moving.Dataset, Ct) is not { } purge)
        {
            return;
        }

        foreach (MovingSite site in moving.Sites.Where(site => purge.Answers.Any(answer => answer.SiteId == site.Id)))
        {
            SiteDataset? here = await site.FindAsync(moving.Dataset);
            Assert.True(here is null or { EndedWay: "purged" }, $"{site.Name} has said that nothing is left, and has {here}.");
            Assert.Empty(await StoredAsync(site));
        }
    }

    /// <summary>Files of the dataset that are stored at a site.</summary>
    public async Task<IReadOnlyList<BlobHash>> StoredAsync(MovingSite site)
    {
        var stored = new List<BlobHash>();
        foreach (BlobHash hash in moving.Accepted)
        {
            if (await site.Site.Blobs.FindPermanentAsync(hash, Ct) is not null)
            {
                stored.Add(hash);
            }
        }

        return stored;
    }

    /// <summary>Every site has purged it, and said so.</summary>
    public async Task CheckDoneAsync()
    {
        Assert.Equal(moving.Sites.Select(static site => site.Id).Order(), (await AnswersAsync()).Order());
        await CheckAsync();
        Assert.NotNull((await moving.HomeAsync()).EndedAt);
    }
}
