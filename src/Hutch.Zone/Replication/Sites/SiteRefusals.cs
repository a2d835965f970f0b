namespace Hutch.Zone.Replication.Sites;

public static class SiteRefusals
{
    private const int MaxNamed = 10;

    private static readonly ErrorCode AskAgain = ErrorCode.Forbidden with
    {
        Advice = "Ask an administrator of the zone for a new token: `hutch site invite NAME`.",
    };

    public const string WithAccounts =
        "Say who they are in the zone: `hutch site join --accounts MAP`, with a line LOCAL: ZONE for each account.";

    public static HutchError WithDatasets { get; } = ErrorCode.Unprocessable.With(
        "This server has datasets of its own, which the zone does not know. " + WithAccounts);

    /// <summary>One refusal for an unknown id and for a wrong secret.</summary>
    internal static HutchError UnknownInvite { get; } = AskAgain.With("This zone does not know the join token.");

    /// <summary>Returns the problem with an invite whose secret was right; null for none.</summary>
    internal static HutchError? OfInvite(ZoneTables tables, SiteInviteRecord invite, BlobHash key, DateTimeOffset now)
    {
        if (invite.UsedAt is { } used)
        {
            return AskAgain.With(
                $"The join token of {invite.Name} was used at {Display.Minute(used)} by the key "
                + $"{SiteKeyText.Format(invite.UsedByKey!.Value)}. "
                + $"If that is not a key of yours, another party has the token: `hutch site remove {invite.Name}` removes that site.");
        }

        if (invite.RevokedAt is { } revoked)
        {
            return AskAgain.With($"The join token of {invite.Name} was withdrawn at {Display.Minute(revoked)}.");
        }

        if (invite.ExpiresAt <= now)
        {
            return AskAgain.With($"The join token of {invite.Name} was good until {Display.Minute(invite.ExpiresAt)}.");
        }

        if (invite.Key is { } only && only != key)
        {
            return AskAgain.With(
                $"The join token of {invite.Name} is for the key {SiteKeyText.Format(only)}, not for {SiteKeyText.Format(key)}.");
        }

        if (tables.Sites.FindByKey(key) is { } same && same.Id != invite.SiteId)
        {
            return ErrorCode.AlreadyExists.With($"This server has joined already: as {same.Name}.");
        }

        if (tables.Sites.FindByName(invite.Name) is { } other && other.Id != invite.SiteId)
        {
            return ErrorCode.AlreadyExists.With(
                $"Another site has joined as {invite.Name} since the token was made.");
        }

        if (invite.SiteId is { } returning && tables.Sites.Find(returning) is not { RemovedAt: null })
        {
            return AskAgain.With(
                $"The site {invite.Name} was removed since the token was made for its return.");
        }

        return null;
    }

    /// <summary>Returns the reason why an invite cannot name these accounts of the zone; null when it can.</summary>
    internal static HutchError? OfAccounts(ZoneTables tables, AccountMap? map)
    {
        foreach (MappedAccount account in map?.Mapped ?? [])
        {
            bool isThere = tables.Principals.Find(account.Zone!) is not null;
            if (isThere == account.IsNew)
            {
                return isThere
                    ? ErrorCode.AlreadyExists.With(
                        $"The zone has an account '{account.Zone}' already. If that is '{account.Local}', write '{account.Local}: "
                        + $"{account.Zone}' without the plus; if not, choose another name.")
                    : ErrorCode.Unprocessable.With(
                        $"The zone has no account '{account.Zone}'. To have it made, write '{account.Local}: +{account.Zone}'.");
            }
        }

        return null;
    }

    /// <summary>Returns the reason why this server cannot become a site of another zone in any case; null when it can.</summary>
    internal static HutchError? CheckNotSite(ZoneTables tables) =>
        tables.JoinedZone.Find() is { } joined
            ? ErrorCode.AlreadyExists.With($"This server has joined the zone at {joined.Address}, as {joined.SiteName}.")
        : tables.Sites.List().Count > 0
            ? ErrorCode.Unprocessable.With("This server is a zone that other sites have joined; it cannot join another one.")
        : null;

    /// <summary>Returns the reason why this server may not return to a zone that it has no record of; null when it may.</summary>
    /// <param name="isMarked">True if its key is that of a joined site, whose accounts are therefore none of its own.</param>
    internal static HutchError? CheckCanReturn(ZoneTables tables, bool isMarked) =>
        CheckNotSite(tables) is { } refusal ? refusal
        : !isMarked && (tables.Principals.ListUsers(null, 2).Count > 1 || tables.Principals.ListGroups(null, 1).Count > 0)
            ? ErrorCode.Unprocessable.With(
                "This server has accounts of its own besides 'admin', which would end, and its key is not that of a joined site. If it is "
                + "a site that comes back, restore keys/site.key first; if not, use `hutch site join --accounts MAP`.")
        : null;

    /// <summary>Returns the reason why this server may not join a zone without data; null when it may.</summary>
    internal static HutchError? CheckCanJoin(ZoneTables tables)
    {
        if (CheckNotSite(tables) is { } refusal)
        {
            return refusal;
        }

        if (tables.Principals.ListUsers(null, 2).Count > 1 || tables.Principals.ListGroups(null, 1).Count > 0)
        {
            return ErrorCode.Unprocessable.With(
                "This server has accounts or groups of its own besides 'admin', which the zone does not know. " + WithAccounts);
        }

        return tables.Names.ListAll(null, 1).Count > 0 ? WithDatasets : null;
    }

    /// <summary>Returns a refusal to remove a site with data that no other site has; null for a site without such data.</summary>
    internal static HutchError? CheckRemovable(ZoneTables tables, SiteRecord site)
    {
        RemainingDataset[] only = [.. tables.Copies.LeftAt(site.Id, MaxNamed + 1).Where(static left => left.IsOnly)];
        return only.Length == 0 ? null : (ErrorCode.Conflict with
        {
            Advice = $"`hutch site drain {site.Name}` shows all of it; move homes with `hutch home NAME --to SITE`. "
                + $"`hutch site remove {site.Name} --force` removes a site that is lost, or whose key another party has, with what only it "
                + "has.",
        }).With($"Only {site.Name} has all of {string.Join(", ", only.Take(MaxNamed).Select(static left => left.Name))}"
            + (only.Length > MaxNamed ? ", and more." : "."));
    }
}
