using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Simulation.Tests.Revocations;

/// <summary>Who is let in at a site, by what it knows of the zone: the real code, with its caches, in one life of the site.</summary>
internal sealed class SiteGate
{
    private readonly Authenticator _authenticator;
    private readonly Authorizer _authorizer;

    public SiteGate(ZoneDatabase view)
    {
        var changes = new ChangedRights(view);
        _authenticator = new Authenticator(
            view, changes, new AttemptLimiter(new AttemptLimits { PairBurst = 1_000_000, AddressBurst = 1_000_000, TokenBurst = 1_000_000 }, view.Time),
            view.Time, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), []);
        _authorizer = new Authorizer(view, changes, new OfflineRights(TimeSpan.FromMinutes(5), view.Time), view.Time);
        View = view;
    }

    /// <summary>By what it decides.</summary>
    public ZoneDatabase View { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Whether somebody reads what they once were given.</summary>
    public async Task<bool> LetsInAsync(GivenAccess access)
    {
        Result<Caller> caller = await _authenticator.AuthenticateAsync(access.Token, null, Ct);
        return caller.IsOk && (await _authorizer.AuthorizeAsync(caller.Value, access.Dataset, Operation.EntryRead, Ct)).IsOk;
    }
}
