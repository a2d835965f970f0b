using System.Collections.Immutable;
using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Credentials;

namespace Hutch.Simulation.Tests.Revocations;

/// <summary>A zone that lets people in at its sites, and takes that back in each way there is.</summary>
internal sealed class RevokingZone(World world) : IAsyncDisposable
{
    private readonly SiteContacts _contacts = new(world.Clock());
    private int _count;

    public ZoneFolder Database { get; } = new(world.Clock());

    /// <summary>All that was ever given.</summary>
    public List<GivenAccess> Given { get; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<SiteRecord> AddSiteAsync(string name) => ChangeAsync(
        change => change.Sites.Add(NewId(), name, BlobHash.Compute(Guid.NewGuid().ToByteArray()), ImmutableSortedDictionary<string, string>.Empty));

    /// <summary>Gives a new person the right to read a new dataset, and a token for a site.</summary>
    public async Task GiveAsync(SiteRecord site)
    {
        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Token, Database.Zone.Id);
        (PrincipalId person, DatasetId dataset) = await ChangeAsync(change =>
        {
            UserRecord owner = change.Principals.CreateUser(Credential.NewPrincipalId(), $"owner{_count}", null).Value;
            UserRecord reader = change.Principals.CreateUser(Credential.NewPrincipalId(), $"reader{_count}", null).Value;
            var scan = new DatasetId(Guid.NewGuid());
            var owning = new PrincipalRecord(owner.Id, PrincipalKind.User, owner.Name);
            Assert.True(change.Names.Reserve(scan, owning, "scan", Visibility.Private, site.Id).IsOk);
            change.Grants.Put(scan, reader.Id, Rights.Read, null, owner.Id);
            change.Tokens.Create(id, reader.Id, "a token", hash, TokenScope.Full.At(site.Id), null);
            return (reader.Id, scan);
        });
        Given.Add(new GivenAccess(site, person, id, secret.Reveal(), dataset, await NewestAsync()));
    }

    /// <summary>Takes something back that is still given, if there is any.</summary>
    public async Task<GivenAccess?> RevokeAsync(SiteRecord site)
    {
        GivenAccess[] living = [.. Given.Where(one => one.Site == site && one.RevokedAt is null)];
        if (living.Length == 0)
        {
            return null;
        }

        GivenAccess access = living[world.Chance.Next(living.Length)];
        await ChangeAsync(change =>
        {
            switch (world.Chance.Next(3))
            {
                case 0:
                    change.Tokens.Revoke(access.TokenId);
                    break;
                case 1:
                    change.Principals.SetDisabled(access.Person, true);
                    break;
                default:
                    change.Grants.Remove(access.Dataset, access.Person);
                    break;
            }

            return true;
        });
        access.RevokedAt = await NewestAsync();
        return access;
    }

    /// <summary>Notes a beat, as the door of the zone does.</summary>
    public void Hear(SiteRecord site, FeedPosition? after, bool isDurable) => _contacts.RecordBeat(
        site.Id,
        new BeatRequest { Release = "1.0.0", Time = world.Clock().GetUtcNow() },
        isDurable ? after?.Sequence : null,
        TimeSpan.MaxValue);

    /// <summary>Whether the zone says, to whoever revokes something, that a site has taken it in.</summary>
    public bool IsConfirmed(GivenAccess access) => _contacts.Find(access.Site.Id)?.Confirmed >= access.RevokedAt;

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private ValueTask<long> NewestAsync() => Database.Zone.ReadAsync(static tables => tables.Feed.Newest().Sequence, Ct);

    private string NewId() => (++_count).ToString("x16", CultureInfo.InvariantCulture);

    private Task<T> ChangeAsync<T>(Func<ZoneChange, T> work)
    {
        _count++;
        return Database.ChangeAsync(work);
    }
}

/// <summary>What somebody may do at one site, until it is revoked.</summary>
/// <param name="Site">The site.</param>
/// <param name="Person">Who.</param>
/// <param name="TokenId">The public part of the token.</param>
/// <param name="Token">The token.</param>
/// <param name="Dataset">What it reads.</param>
/// <param name="GivenAt">The number of the zone's feed from which on it is given.</param>
internal sealed record GivenAccess(SiteRecord Site, PrincipalId Person, string TokenId, string Token, DatasetId Dataset, long GivenAt)
{
    /// <summary>The number of the zone's feed from which on it is revoked; null while it is not.</summary>
    public long? RevokedAt { get; set; }
}
