using Hutch.Model.Zone;

namespace Hutch.Contracts;

/// <summary>The sites of a zone, as this server sees them.</summary>
public sealed record SiteList
{
    /// <summary>The responding site.</summary>
    public required ThisSite Here { get; init; }

    /// <summary>The sites that have joined the zone, and invited ones.</summary>
    public required IReadOnlyList<ZoneSiteInfo> Items { get; init; }
}

/// <summary>The responding site.</summary>
public sealed record ThisSite
{
    /// <summary>Its name in the zone.</summary>
    public required string Name { get; init; }

    /// <summary>Fingerprint of its key, <c>SHA256:</c> and 64 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>Its address for other sites, <c>HOST:PORT</c>; null if they cannot connect.</summary>
    public string? Address { get; init; }

    /// <summary>Labels by which rules choose it.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>open</c>, <c>nothing-new</c>, <c>read-only</c> or <c>draining</c>.</summary>
    public string? Intake { get; init; }

    /// <summary>Expression that selects the datasets whose copies it accepts, such as <c>type=mx/rotation</c>; null for all.</summary>
    public string? Accepts { get; init; }

    /// <summary>Traffic with each other site since the start of the server, over a day at most.</summary>
    public IReadOnlyList<SiteTrafficInfo>? Traffic { get; init; }

    /// <summary>The zone that it has joined; null at the zone's own server.</summary>
    public JoinedZoneInfo? Zone { get; init; }
}

/// <summary>The zone that a server has joined as a site.</summary>
public sealed record JoinedZoneInfo
{
    /// <summary>Id of the zone, 16 hexadecimal digits.</summary>
    public required string Zone { get; init; }

    /// <summary>Id of this site in the zone, 16 hexadecimal digits.</summary>
    public required string SiteId { get; init; }

    /// <summary>Name of this site in the zone.</summary>
    public required string SiteName { get; init; }

    /// <summary>Address of the zone, <c>HOST:PORT</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Fingerprint of the zone's key.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset Joined { get; init; }

    /// <summary>True if the zone responded within the last 5 seconds.</summary>
    public required bool Connected { get; init; }

    /// <summary>Seconds since the zone last responded; null if it has not since the start.</summary>
    public double? SilentSeconds { get; init; }

    /// <summary>Reason why the zone does not respond.</summary>
    public string? Problem { get; init; }
}

/// <summary>A site of the zone, or an invited one.</summary>
public sealed record ZoneSiteInfo
{
    /// <summary>Unique in the zone.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>connected</c>, <c>disconnected</c> (not heard for 5 seconds) or <c>invited</c>; <c>unknown</c> in a response of a site other than
    /// the zone's, which does not hear from others.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Labels by which rules choose sites, such as <c>tier</c>: <c>archive</c>.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>open</c>, <c>nothing-new</c>, <c>read-only</c> or <c>draining</c>; null for an invite.</summary>
    public string? Intake { get; init; }

    /// <summary>Expression that selects the datasets whose copies it accepts, such as <c>type=mx/rotation</c>; null for all.</summary>
    public string? Accepts { get; init; }

    /// <summary>While it is <c>draining</c>: number of datasets that it still has, or was asked to copy; null otherwise.</summary>
    public long? Left { get; init; }

    /// <summary>16 hexadecimal digits, assigned by the zone; null for an invite.</summary>
    public string? Id { get; init; }

    /// <summary>Fingerprint of its key; for an invite, of the only key that may use it.</summary>
    public string? Key { get; init; }

    public DateTimeOffset? Joined { get; init; }

    /// <summary>End of the invite.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Time when it was last heard, to the minute.</summary>
    public DateTimeOffset? Heard { get; init; }

    /// <summary>Its address for other sites, <c>HOST:PORT</c>; null if they cannot connect.</summary>
    public string? Address { get; init; }

    /// <summary>Address of its portal and API for people, as an administrator approved it; null for none.</summary>
    public string? Portal { get; init; }

    /// <summary>SHA-256 of the portal's certificate, for a site without a public authority; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>Operator of the site, as an administrator of the zone wrote; null if unknown.</summary>
    public string? RunBy { get; init; }

    /// <summary>Time since which the zone trusts it; null for a site that is not marked so.</summary>
    public DateTimeOffset? Trusted { get; init; }

    /// <summary>Its free space when it was last heard; null if unknown, as with an object store.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Release of its program.</summary>
    public string? Release { get; init; }

    /// <summary>Seconds by which its clock is ahead of the zone's; negative for behind.</summary>
    public double? ClockAheadSeconds { get; init; }

    /// <summary>Reported traffic of its server with each other site; absent in a response of a site other than the zone's.</summary>
    public IReadOnlyList<SiteTrafficInfo>? Traffic { get; init; }

    /// <summary>A problem that needs attention.</summary>
    public string? Problem { get; init; }
}

/// <summary>Traffic of one site with another.</summary>
public sealed record SiteTrafficInfo
{
    /// <summary>The other site.</summary>
    public required string Site { get; init; }

    /// <summary>Bytes per second received from it, over the last ten seconds.</summary>
    public required double InPerSecond { get; init; }

    /// <summary>Bytes per second sent to it.</summary>
    public required double OutPerSecond { get; init; }

    /// <summary>Bytes received from it in the last day, or since the start of the server.</summary>
    public required long InDay { get; init; }

    /// <summary>Bytes sent to it.</summary>
    public required long OutDay { get; init; }
}

/// <summary>Invites a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InviteSite
{
    /// <summary>Its future name: lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Fingerprint of the only key that may use the invite. Default: any key.</summary>
    public string? Key { get; init; }

    /// <summary>Lifetime in seconds, at most 30 days. Default: a day.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>
    /// A map of accounts, <c>LOCAL: ZONE</c> per line: the site can bring datasets for these accounts of the zone. Default: none.
    /// </summary>
    public string? Accounts { get; init; }

    /// <summary>
    /// True to take back the site with this name, as the same site: its server has lost its accounts, its key or its machine. Its earlier
    /// key is refused once the token is used. Default: false.
    /// </summary>
    public bool Again { get; init; }
}

/// <summary>An invite for a site with its token, which is shown once.</summary>
public sealed record InvitedSite
{
    public required string Name { get; init; }

    /// <summary>The token, for <c>hutch site join</c> at the other server.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset Expires { get; init; }
}

/// <summary>Approves the portal of a site, to which the zone sends people who log in.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetSitePortal
{
    /// <summary>The exact origin, such as <c>https://archive.example.org</c>; null withdraws it and ends the logins there.</summary>
    public string? Address { get; init; }

    /// <summary>SHA-256 of its certificate, for a site without a public authority, as the site printed it at startup.</summary>
    public string? Certificate { get; init; }

    /// <summary>Operator of the site: a line that people see before they allow a login there. Default: unknown.</summary>
    public string? RunBy { get; init; }
}

/// <summary>Marks a site as trusted, or removes the mark.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrustSite
{
    /// <summary>True: the page that asks for a login there offers all rights first. False ends all consents for the site.</summary>
    public required bool Trusted { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelSite
{
    /// <summary>All labels; others are removed.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>Sets the data that a site accepts.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeSiteTerms
{
    /// <summary>
    /// <c>open</c>; <c>nothing-new</c>: neither new datasets nor new copies, but existing ones continue; <c>read-only</c>: existing data
    /// can be read and deleted. Default: unchanged.
    /// </summary>
    public string? Intake { get; init; }

    /// <summary>
    /// Expression that selects the datasets whose new copies it accepts, over <c>owner</c>, <c>name</c>, <c>type</c> and <c>bytes</c>;
    /// empty for all. Default: unchanged.
    /// </summary>
    public string? Accepts { get; init; }
}

/// <summary>The data that a site accepts.</summary>
public sealed record SiteTermsInfo
{
    public required string Intake { get; init; }

    /// <summary>Expression that selects the datasets whose new copies it accepts; null for all.</summary>
    public string? Accepts { get; init; }
}

/// <summary>Datasets that a draining site still has, or was asked to copy.</summary>
public sealed record SiteLeftList
{
    /// <summary>Number of datasets.</summary>
    public required long Datasets { get; init; }

    /// <summary>The first of them, beginning with those that no other site has.</summary>
    public required IReadOnlyList<SiteLeftInfo> Items { get; init; }
}

/// <summary>A dataset that a site has, or was asked to copy.</summary>
public sealed record SiteLeftInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Owner and short name.</summary>
    public required string Name { get; init; }

    /// <summary><c>home</c>: the site is its home, which must move; <c>copy</c>: another site must have a copy first.</summary>
    public required string Kind { get; init; }

    /// <summary>True if no other site has a complete copy.</summary>
    public required bool Only { get; init; }
}

/// <summary>A page of the differences between a site's datasets and the zone's knowledge.</summary>
public sealed record SiteDifferenceList
{
    /// <summary>Number of compared datasets.</summary>
    public required int Compared { get; init; }

    public required IReadOnlyList<SiteDifferenceInfo> Items { get; init; }

    /// <summary>Cursor of the next page; null at the end.</summary>
    public string? Next { get; init; }
}

/// <summary>A dataset for which a site and the zone disagree.</summary>
public sealed record SiteDifferenceInfo
{
    /// <summary><c>lost</c>: only the zone knows it; <c>dark</c>: only the site has it.</summary>
    public required string Kind { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, according to the side that knows it.</summary>
    public required string Name { get; init; }

    /// <summary>The difference, in a sentence.</summary>
    public required string Problem { get; init; }

    /// <summary>Its bytes there; null for none.</summary>
    public long? Bytes { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record JoinZone
{
    /// <summary>The token that an administrator of the zone created for this site.</summary>
    public required string Token { get; init; }

    /// <summary>
    /// For a server with accounts or datasets: the mapping of its accounts to the zone's, one per line: <c>LOCAL: ZONE</c>, <c>LOCAL:
    /// +ZONE</c> to create the account, <c>LOCAL: -</c> to drop it.
    /// </summary>
    public string? Accounts { get; init; }
}

/// <summary>Effect of joining a zone with accounts and datasets.</summary>
public sealed record JoinPlanInfo
{
    /// <summary>Id of the zone, 16 hexadecimal digits.</summary>
    public required string Zone { get; init; }

    /// <summary>Address of the zone, <c>HOST:PORT</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Future name of this site.</summary>
    public required string SiteName { get; init; }

    public required IReadOnlyList<JoinPlanAccount> Accounts { get; init; }

    /// <summary>Number of datasets that the zone would learn of. They stay at this site.</summary>
    public required long Datasets { get; init; }

    /// <summary>The first 1 000 datasets whose names would change.</summary>
    public required IReadOnlyList<JoinPlanName> Renamed { get; init; }

    /// <summary>Number of items that would end, by kind, such as <c>share links</c>.</summary>
    public required IReadOnlyDictionary<string, long> Ends { get; init; }
}

/// <summary>Effect on an account.</summary>
public sealed record JoinPlanAccount
{
    /// <summary>The user or group of this server.</summary>
    public required string Local { get; init; }

    /// <summary>The account in the zone; null for none.</summary>
    public string? Zone { get; init; }

    /// <summary>True if the account would be created.</summary>
    public required bool Made { get; init; }

    /// <summary>Number of its datasets.</summary>
    public required long Datasets { get; init; }
}

/// <summary>A dataset whose name would change.</summary>
public sealed record JoinPlanName
{
    public required DatasetId Dataset { get; init; }

    /// <summary><c>owner/slug</c> here.</summary>
    public required string Name { get; init; }

    /// <summary><c>owner/slug</c> in the zone.</summary>
    public required string Becomes { get; init; }
}

/// <summary>The sites that have a dataset.</summary>
public sealed record CopyList
{
    /// <summary>The home: the site that orders its writes.</summary>
    public required string Home { get; init; }

    /// <summary>The responding site, which is the zone's own.</summary>
    public string? Here { get; init; }

    /// <summary>Number of the home's term, from 1.</summary>
    public required long Epoch { get; init; }

    /// <summary>The next home.</summary>
    public string? MovingTo { get; init; }

    /// <summary>
    /// True if the home is released to the next site, which takes over when it has everything: until then no write is possible.
    /// </summary>
    public bool Paused { get; init; }

    /// <summary>Reason why the home did not release it at the last request; for users who manage the dataset.</summary>
    public string? MoveProblem { get; init; }

    /// <summary>The other sites that have a copy, or were asked for one, in the order of the requests.</summary>
    public required IReadOnlyList<CopyInfo> Items { get; init; }

    /// <summary>Names of all sites of the zone except the home, which can be asked for a copy; for users who manage the dataset.</summary>
    public IReadOnlyList<string>? Others { get; init; }
}

/// <summary>Moves the home of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MoveHome
{
    /// <summary>The site, which must have a complete copy. The home itself cancels a requested move.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// True if the home is lost and cannot release it: the site continues with the state that it has. For administrators of the zone.
    /// Changes that only the lost home had accepted become a dataset of their own when it returns.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Lost { get; init; }

    /// <summary>True to move even if copies at other sites could not follow the new home, as neither side can dial the other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Force { get; init; }
}

/// <summary>Copies in progress, or requested.</summary>
public sealed record ComingCopyList
{
    /// <summary>Number of copies.</summary>
    public required long Count { get; init; }

    /// <summary>The first of them: those with progress, then those with a problem, then waiting ones.</summary>
    public required IReadOnlyList<ComingCopyInfo> Items { get; init; }
}

/// <summary>A copy in progress at a site.</summary>
public sealed record ComingCopyInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>OWNER/SLUG.</summary>
    public required string Name { get; init; }

    /// <summary>Its home.</summary>
    public required string Home { get; init; }

    /// <summary>The copy, with the site that gets it.</summary>
    public required CopyInfo Copy { get; init; }
}

/// <summary>A copy of a dataset at a site.</summary>
public sealed record CopyInfo
{
    public required string Site { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>running</c>, <c>complete</c>, <c>failed</c>, <c>refused</c> for lack of space, <c>trash</c> if the dataset was
    /// deleted at its home, <c>restored</c> if an operator of the site restored it from the trash there, or <c>released</c> if no rule
    /// wants it any more: it goes to the trash of its site.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Time of the request.</summary>
    public required DateTimeOffset Asked { get; init; }

    /// <summary>Time when it was first complete and verified.</summary>
    public DateTimeOffset? Complete { get; init; }

    /// <summary>Time of the site's last report.</summary>
    public DateTimeOffset? Told { get; init; }

    /// <summary>Newest snapshot that the site has completely.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Files of all snapshots together.</summary>
    public long? Files { get; init; }

    public long? Bytes { get; init; }

    /// <summary>Files that are complete.</summary>
    public long FilesDone { get; init; }

    public long BytesDone { get; init; }

    /// <summary>Bytes per second over about the last minute; null if no bytes arrive, or if the rate is unknown.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Estimated seconds until it is complete, at the current rate; null if unknown.</summary>
    public long? SecondsLeft { get; init; }

    /// <summary>Reason for the copy, as a phrase after the site's name.</summary>
    public string? Reason { get; init; }

    /// <summary>True if a rule chose the site and no user requested the copy: it is released when no rule wants it any more.</summary>
    public bool Chosen { get; init; }

    /// <summary>Reason why it makes no progress; it retries automatically.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Files that none of its source sites can provide; null for none. All others still arrive. The files are named only to callers who can
    /// read them.
    /// </summary>
    public CopyFailures? Failures { get; init; }
}

/// <summary>Requests a copy.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskCopy
{
    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }
}
