namespace Hutch.Federation.Homes;

/// <summary>
/// The next step of a site about the home of a dataset, from the zone's row and its own records. Each step is a record that is durable
/// before any other site learns of it, or a report of one. So a lost step is found again, and a repeated one changes nothing.
/// </summary>
internal abstract record HomeStep
{
    /// <summary>Becomes the home, in an epoch that begins with a history that is here.</summary>
    internal sealed record TakeOver(long Epoch, BlobHash From) : HomeStep;

    /// <summary>Gives up for another site; again when it had given up for one that is not to be the home any more.</summary>
    internal sealed record Release(long Epoch, string To, bool IsAgain) : HomeStep;

    /// <summary>Says what the zone does not know: that this site has given up, or, after a restore, that it has taken over.</summary>
    internal sealed record Report(long Epoch, string To, BlobHash History, bool IsOwn) : HomeStep;

    /// <summary>Says that this site is the home in a later epoch than a zone that was put back knows.</summary>
    internal sealed record RaiseEpoch(long Epoch) : HomeStep;

    /// <summary>Gives up without being asked: the zone has another home in a later epoch, as this one was declared lost.</summary>
    internal sealed record StepDown(long Epoch, string To) : HomeStep;

    /// <summary>The next step; null for nothing.</summary>
    public static HomeStep? Decide(HomeRecord home, string own, SiteDataset here) => (home.SiteId == own, here.Copy) switch
    {
        (true, { } copy) when copy.Epoch < home.Epoch => home.Base is { } from ? new TakeOver(home.Epoch, from) : null,
        (true, not null) when here.Release is { } release && release.Epoch == home.Epoch => OfReleased(home, release),
        (true, null) when here.HomeSince > home.Epoch => new RaiseEpoch(here.HomeSince.Value),
        (true, null) when home.IsOver && here.TrashedUntil is null => null, // Restored: the row is to say so before the next site sees it.
        (true, null) when home.NextId is { } next => new Release(home.Epoch, next, IsAgain: false),
        (false, null) when (here.HomeSince ?? 1) < home.Epoch => new StepDown(here.HomeSince ?? 1, home.SiteId),
        (false, var copy) when home.NextId == own && home.Released is { } with && (copy?.Epoch ?? here.HomeSince) > home.Epoch =>
            new Report(home.Epoch, own, with, IsOwn: false),
        _ => null,
    };

    private static HomeStep? OfReleased(HomeRecord home, HomeRelease release) =>
        home.NextId is { } next && next != release.To ? new Release(home.Epoch, next, IsAgain: true)
        : home.NextId is null || home.Released != release.History ? new Report(home.Epoch, release.To, release.History, IsOwn: true)
        : null;
}
