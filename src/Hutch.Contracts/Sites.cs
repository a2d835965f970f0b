using System.Text.Json.Serialization;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Contracts;

/// <summary>The sites of a zone, as this server sees them.</summary>
public sealed record SiteList
{
    /// <summary>The site that answers.</summary>
    public required ThisSite Here { get; init; }

    /// <summary>The sites that have joined the zone, and those that are invited.</summary>
    public required IReadOnlyList<ZoneSiteInfo> Items { get; init; }
}

/// <summary>The site that answers.</summary>
public sealed record ThisSite
{
    /// <summary>Its name in the zone.</summary>
    public required string Name { get; init; }

    /// <summary>Fingerprint of its key, <c>SHA256:</c> and 64 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>Where other sites dial it, <c>HOST:PORT</c>; null when they cannot.</summary>
    public string? Address { get; init; }

    /// <summary>What rules choose it by.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>open</c>, <c>nothing-new</c>, <c>read-only</c> or <c>draining</c>.</summary>
    public string? Intake { get; init; }

    /// <summary>Of which datasets it takes copies, such as <c>type=mx/rotation</c>; null for all.</summary>
    public string? Accepts { get; init; }

    /// <summary>What its server exchanged with each other site since it was started, for a day at most.</summary>
    public IReadOnlyList<SiteTrafficInfo>? Traffic { get; init; }

    /// <summary>The zone that it has joined; null where it is the zone itself.</summary>
    public JoinedZoneInfo? Zone { get; init; }
}

/// <summary>The zone that a server has joined as a site.</summary>
public sealed record JoinedZoneInfo
{
    /// <summary>Id of the zone, 16 hexadecimal digits.</summary>
    public required string Zone { get; init; }

    /// <summary>Id of this site in the zone, 16 hexadecimal digits.</summary>
    public required string SiteId { get; init; }

    /// <summary>What this site is called in the zone.</summary>
    public required string SiteName { get; init; }

    /// <summary>Where the zone is reached, <c>HOST:PORT</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Fingerprint of the zone's key.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset Joined { get; init; }

    /// <summary>Whether the zone has answered within the last 5 seconds.</summary>
    public required bool Connected { get; init; }

    /// <summary>Seconds since the zone last answered; null when it has not since the start.</summary>
    public double? SilentSeconds { get; init; }

    /// <summary>Why the zone does not answer.</summary>
    public string? Problem { get; init; }
}

/// <summary>A site of the zone, or one that is invited.</summary>
public sealed record ZoneSiteInfo
{
    /// <summary>Unique in the zone.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>connected</c>, <c>disconnected</c> (nothing heard for 5 seconds) or <c>invited</c>; <c>unknown</c> at a site, which hears of no
    /// other.
    /// </summary>
    public required string State { get; init; }

    /// <summary>What rules choose sites by, such as <c>tier</c>: <c>archive</c>.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>open</c>, <c>nothing-new</c>, <c>read-only</c> or <c>draining</c>; null for an invite.</summary>
    public string? Intake { get; init; }

    /// <summary>Of which datasets it takes copies, such as <c>type=mx/rotation</c>; null for all.</summary>
    public string? Accepts { get; init; }

    /// <summary>How many datasets it has yet, or is to have, while it is <c>draining</c>; null otherwise.</summary>
    public long? Left { get; init; }

    /// <summary>16 hexadecimal digits, given by the zone; null for an invite.</summary>
    public string? Id { get; init; }

    /// <summary>Fingerprint of its key; for an invite, of the only key that may use it.</summary>
    public string? Key { get; init; }

    public DateTimeOffset? Joined { get; init; }

    /// <summary>When the invite ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was last heard, to a minute.</summary>
    public DateTimeOffset? Heard { get; init; }

    /// <summary>Where other sites dial it, <c>HOST:PORT</c>; null where they cannot.</summary>
    public string? Address { get; init; }

    /// <summary>Its free space, as it was when it was last heard.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Release of the program there.</summary>
    public string? Release { get; init; }

    /// <summary>How far its clock is ahead of the zone's, seconds; negative for behind.</summary>
    public double? ClockAheadSeconds { get; init; }

    /// <summary>What its server exchanged with each other site, as it says; at a site, which hears of no other, absent.</summary>
    public IReadOnlyList<SiteTrafficInfo>? Traffic { get; init; }

    /// <summary>What somebody should see to.</summary>
    public string? Problem { get; init; }
}

/// <summary>What one site exchanged with another.</summary>
public sealed record SiteTrafficInfo
{
    /// <summary>The other one.</summary>
    public required string Site { get; init; }

    /// <summary>Bytes a second that came from it, over the last ten seconds.</summary>
    public required double InPerSecond { get; init; }

    /// <summary>Bytes a second that went to it.</summary>
    public required double OutPerSecond { get; init; }

    /// <summary>Bytes that came from it in the last day, or since the server was started.</summary>
    public required long InDay { get; init; }

    /// <summary>Bytes that went to it.</summary>
    public required long OutDay { get; init; }
}

/// <summary>Invites a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InviteSite
{
    /// <summary>What it will be called: lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The labels that it will have.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Fingerprint of the only key that may use the invite. Default: any key.</summary>
    public string? Key { get; init; }

    /// <summary>Lifetime in seconds, at most 30 days. Default: a day.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>
    /// A map of accounts, <c>LOCAL: ZONE</c> a line: for these accounts of the zone the site may bring datasets. Default: none.
    /// </summary>
    public string? Accounts { get; init; }
}

/// <summary>An invite for a site with its token, which is shown once.</summary>
public sealed record InvitedSite
{
    public required string Name { get; init; }

    /// <summary>The token, for <c>hutch site join</c> at the other server.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset Expires { get; init; }
}

/// <summary>The labels of a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelSite
{
    /// <summary>All labels that it shall have.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>Says what a site takes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeSiteTerms
{
    /// <summary>
    /// <c>open</c>; <c>nothing-new</c>: neither new datasets nor new copies, and what is there goes on; <c>read-only</c>: what is there can
    /// be read, and deleted. Default: as it is.
    /// </summary>
    public string? Intake { get; init; }

    /// <summary>
    /// Of which datasets it takes new copies, by <c>owner</c>, <c>name</c>, <c>type</c> and <c>bytes</c>; empty for all. Default: as it is.
    /// </summary>
    public string? Accepts { get; init; }
}

/// <summary>What a site takes.</summary>
public sealed record SiteTermsInfo
{
    public required string Intake { get; init; }

    /// <summary>Of which datasets it takes new copies; null for all.</summary>
    public string? Accepts { get; init; }
}

/// <summary>What a site has yet, or is to have.</summary>
public sealed record SiteLeftList
{
    /// <summary>How many datasets.</summary>
    public required long Datasets { get; init; }

    /// <summary>The first of them, beginning with what no other site has.</summary>
    public required IReadOnlyList<SiteLeftInfo> Items { get; init; }
}

/// <summary>A dataset that a site has, or is to have.</summary>
public sealed record SiteLeftInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its owner and short name.</summary>
    public required string Name { get; init; }

    /// <summary><c>home</c>: it is at home there, and its home is to move; <c>copy</c>: another site is to have one first.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether no other site has all of it.</summary>
    public required bool Only { get; init; }
}

/// <summary>A page of what a site has and the zone does not know, and the other way round.</summary>
public sealed record SiteDifferenceList
{
    /// <summary>How many datasets were compared.</summary>
    public required int Compared { get; init; }

    public required IReadOnlyList<SiteDifferenceInfo> Items { get; init; }

    /// <summary>For the next page; null at the end.</summary>
    public string? Next { get; init; }
}

/// <summary>A dataset that is not at a site what the zone believes.</summary>
public sealed record SiteDifferenceInfo
{
    /// <summary><c>lost</c>: the zone believes that it is there; <c>dark</c>: it is there, and the zone does not know of it.</summary>
    public required string Kind { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, as whoever knows it says.</summary>
    public required string Name { get; init; }

    /// <summary>What differs, as a sentence.</summary>
    public required string Problem { get; init; }

    /// <summary>Its bytes there; null when nothing is there.</summary>
    public long? Bytes { get; init; }
}

/// <summary>Joins a zone.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record JoinZone
{
    /// <summary>The token that an administrator of the zone made for this site.</summary>
    public required string Token { get; init; }

    /// <summary>
    /// Of a server that has accounts or datasets: who its accounts are in the zone, a line each: <c>LOCAL: ZONE</c>, <c>LOCAL: +ZONE</c>
    /// to have the account made, <c>LOCAL: -</c> for nobody.
    /// </summary>
    public string? Accounts { get; init; }
}

/// <summary>What joining a zone with accounts and datasets would do.</summary>
public sealed record JoinPlanInfo
{
    /// <summary>Id of the zone, 16 hexadecimal digits.</summary>
    public required string Zone { get; init; }

    /// <summary>Where the zone is reached, <c>HOST:PORT</c>.</summary>
    public required string Address { get; init; }

    /// <summary>What this site would be called.</summary>
    public required string SiteName { get; init; }

    public required IReadOnlyList<JoinPlanAccount> Accounts { get; init; }

    /// <summary>How many datasets the zone would learn of. They stay where they are.</summary>
    public required long Datasets { get; init; }

    /// <summary>The first 1 000 of those that would be called otherwise.</summary>
    public required IReadOnlyList<JoinPlanName> Renamed { get; init; }

    /// <summary>How many of what would end, such as <c>share links</c>.</summary>
    public required IReadOnlyDictionary<string, long> Ends { get; init; }
}

/// <summary>What would become of an account.</summary>
public sealed record JoinPlanAccount
{
    /// <summary>The user or group of this server.</summary>
    public required string Local { get; init; }

    /// <summary>Who that is in the zone; null for nobody.</summary>
    public string? Zone { get; init; }

    /// <summary>Whether the account would be made.</summary>
    public required bool Made { get; init; }

    /// <summary>How many datasets it owns.</summary>
    public required long Datasets { get; init; }
}

/// <summary>A dataset that would be called otherwise.</summary>
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
    /// <summary>The site that orders its writes.</summary>
    public required string Home { get; init; }

    /// <summary>Counts the homes that the dataset has had, from 1.</summary>
    public required long Epoch { get; init; }

    /// <summary>The site that is to be its home next.</summary>
    public string? MovingTo { get; init; }

    /// <summary>
    /// Whether its home has given up for that site, which takes over when it has all of it: until then nothing can be written.
    /// </summary>
    public bool Paused { get; init; }

    /// <summary>Why its home did not give up when it was asked last; for those who manage the dataset.</summary>
    public string? MoveProblem { get; init; }

    /// <summary>The other sites that have it, or are to have it, in the order in which they were asked for.</summary>
    public required IReadOnlyList<CopyInfo> Items { get; init; }

    /// <summary>The names of all sites of the zone but its home, which can be asked for a copy; for those who manage the dataset.</summary>
    public IReadOnlyList<string>? Others { get; init; }
}

/// <summary>Moves the home of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MoveHome
{
    /// <summary>The site, which has a complete copy; the home itself takes back what was asked.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// That the home is lost, and does not give up: the site goes on with what it has. For administrators of the zone. What the lost home
    /// had accepted beyond that becomes a dataset of its own when it comes back.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Lost { get; init; }
}

/// <summary>The copies that come to sites, or are to come.</summary>
public sealed record ComingCopyList
{
    /// <summary>How many there are.</summary>
    public required long Count { get; init; }

    /// <summary>The first of them: what moves, then what has a problem, then what waits.</summary>
    public required IReadOnlyList<ComingCopyInfo> Items { get; init; }
}

/// <summary>A copy that comes to a site.</summary>
public sealed record ComingCopyInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>OWNER/SLUG.</summary>
    public required string Name { get; init; }

    /// <summary>The site that is its home.</summary>
    public required string Home { get; init; }

    /// <summary>The copy, and the site that gets it.</summary>
    public required CopyInfo Copy { get; init; }
}

/// <summary>A copy of a dataset at a site.</summary>
public sealed record CopyInfo
{
    public required string Site { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>running</c>, <c>complete</c>, <c>failed</c>, <c>refused</c> for want of room, <c>trash</c> when the dataset was
    /// deleted at its home, <c>restored</c> when whoever runs the site has taken it out of the trash there, or <c>released</c> when no rule
    /// wants it any more: it ends by the trash of its site.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Since when the site is to have it.</summary>
    public required DateTimeOffset Asked { get; init; }

    /// <summary>When the site first had all of it, verified.</summary>
    public DateTimeOffset? Complete { get; init; }

    /// <summary>When the site last said something of it.</summary>
    public DateTimeOffset? Told { get; init; }

    /// <summary>Newest snapshot that the site has whole.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Files of all snapshots together.</summary>
    public long? Files { get; init; }

    public long? Bytes { get; init; }

    /// <summary>Files that are there.</summary>
    public long FilesDone { get; init; }

    public long BytesDone { get; init; }

    /// <summary>How fast it comes, over about the last minute; null when it does not come, or nobody knows.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Seconds until all of it is there, as fast as it comes now; null when nobody knows.</summary>
    public long? SecondsLeft { get; init; }

    /// <summary>Why the site is to have it, in words that continue its name.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a rule chose the site and nobody asked for it: it is released when no rule wants it any more.</summary>
    public bool Chosen { get; init; }

    /// <summary>Why it does not go on; it is tried again by itself.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Files that no site has from which it comes; null for none. All others come nevertheless. They are named to those who may read them.
    /// </summary>
    public CopyFailures? Failures { get; init; }
}

/// <summary>Asks for a copy.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskCopy
{
    /// <summary>The name of the site that is to have it.</summary>
    public required string Site { get; init; }
}
