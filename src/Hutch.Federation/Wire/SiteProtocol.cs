using System.Text.Json.Serialization;

namespace Hutch.Federation.Wire;

/// <summary>The protocol between sites: its requests, headers and limits.</summary>
internal static class SiteProtocol
{
    /// <summary>Raised when a site of the release before would misunderstand.</summary>
    public const int Number = 8;

    public const string Join = "/sites/v1/join";

    /// <summary>The same, with accounts and datasets; zones of an earlier release do not know it, nor what follows.</summary>
    public const string JoinWith = "/sites/v1/join-with";
    public const string Import = "/sites/v1/bring";
    public const string Beat = "/sites/v1/beat";
    public const string Name = "/sites/v1/name";
    public const string Ends = "/sites/v1/ends";
    public const string NameBack = "/sites/v1/name-back";
    public const string Expected = "/sites/v1/believed";
    public const string History = "/sites/v1/history";
    public const string Pages = "/sites/v1/pages";
    public const string Blobs = "/sites/v1/blobs";
    public const string Part = "/sites/v1/part";

    /// <summary>The same, with what the home signs of each part; homes of an earlier release do not know it.</summary>
    public const string Extents = "/sites/v1/extents";

    /// <summary>The signed hashes without the parts; sites of an earlier release do not know it.</summary>
    public const string Hashes = "/sites/v1/hashes";

    /// <summary>Files that the home has not hashed yet; homes of an earlier release do not know it, nor what follows.</summary>
    public const string Unhashed = "/sites/v1/unhashed";
    public const string UnhashedPart = "/sites/v1/unhashed-part";
    public const string Progress = "/sites/v1/progress";
    public const string Move = "/sites/v1/move";
    public const string End = "/sites/v1/end";
    public const string Hold = "/sites/v1/hold";
    public const string Unhold = "/sites/v1/unhold";
    public const string Holds = "/sites/v1/held";
    public const string Purged = "/sites/v1/purged";
    public const string Lost = "/sites/v1/lost";
    public const string QuotaSpace = "/sites/v1/room";
    public const string Links = "/sites/v1/links";
    public const string Steps = "/sites/v1/steps";

    /// <summary>Invites, visibility and mails for facility folders; zones of an earlier release do not know it.</summary>
    public const string Folders = "/sites/v1/folders";

    /// <summary>Zones of an earlier release do not know it.</summary>
    public const string Summaries = "/sites/v1/summaries";

    /// <summary>A code of a browser that logs in at a site; zones of an earlier release do not know it.</summary>
    public const string Login = "/sites/v1/login";

    /// <summary>Signing keys of S3 keys for the asking site; zones of an earlier release do not know it.</summary>
    public const string SigningKeys = "/sites/v1/signing-keys";

    /// <summary>A search of a caller at a site, which the zone answers; zones of an earlier release do not know it.</summary>
    public const string Search = "/sites/v1/search";

    /// <summary>Metadata of datasets for the search of the zone; homes of an earlier release do not know it.</summary>
    public const string Cards = "/sites/v1/cards";

    /// <summary>The start of a program at this site, for an account; sites of an earlier release do not know it.</summary>
    public const string Start = "/sites/v1/start";

    /// <summary>The prefix of a caller's request at another site, which the home answers.</summary>
    public const string Forwarded = "/sites/v1/passed";

    /// <summary>The begin of such a request at its site's own door.</summary>
    public const string ForwardedRoot = "/api/v1";

    /// <summary>The public part of the token that the caller has used there.</summary>
    public const string TokenHeader = "Hutch-Token";

    /// <summary>The caller at the zone's own site. Only that site sends this, as only the zone knows its tokens and sessions.</summary>
    public const string CallerHeader = "Hutch-Caller";

    /// <summary>Up to which number of the feed the zone has decided about the caller.</summary>
    public const string SequenceHeader = "Hutch-Zone-Sequence";

    /// <summary>Marks an answer of the home's own interface; without it, the site has refused the forwarded request.</summary>
    public const string AnsweredHeader = "Hutch-Answered";

    /// <summary>The statement that a home has signed about a history, base64; the signature has its own header.</summary>
    public const string StatementHeader = "Hutch-Statement";

    public const string SignatureHeader = "Hutch-Signature";

    /// <summary>The random number of the sending server's run; absent from sites of an earlier release.</summary>
    public const string IncarnationHeader = "Hutch-Incarnation";

    /// <summary>The most pages or blobs that are asked for at once.</summary>
    public const int MaxNames = 1000;

    /// <summary>The most files without a hash that a site lists in a dataset: the first in byte order.</summary>
    public const int MaxUnhashed = 10 * MaxNames;

    /// <summary>The most datasets that a home says something of at once: the longest fit into a request.</summary>
    public const int MaxSummaries = 40;

    public const int MaxTrafficLines = 1000;

    /// <summary>The most S3 keys in one request for signing keys.</summary>
    public const int MaxSigningKeys = 500;

    /// <summary>The largest request, bytes: the most names, with the pages that contain them.</summary>
    public const int MaxRequestBytes = 256 << 10;

    /// <summary>The largest answer, bytes: rows of a feed are a few hundred each.</summary>
    public const int MaxAnswerBytes = 16 << 20;

    public static string Release { get; } = typeof(SiteProtocol).Assembly.GetName().Version!.ToString(3);

    /// <summary>Refuses a peer of another protocol; null if it has this one.</summary>
    public static HutchError? FindRefusal(Greeting greeting) => greeting.Protocol == Number
        ? null
        : (ErrorCode.Unprocessable with { Advice = "Bring both sites to the same release." }).With(
            string.Create(CultureInfo.InvariantCulture, $"The site has release {Clean(greeting.Release)}, which speaks protocol ")
            + string.Create(CultureInfo.InvariantCulture, $"{greeting.Protocol}; release {Release} here speaks {Number}."));

    /// <summary>The most characters of an incarnation.</summary>
    public const int MaxIncarnationCharacters = 64;

    /// <summary>A release as a peer says it, safe to show.</summary>
    public static string Clean(string release) =>
        release.Length <= 32 && release.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+') ? release : "unknown";
}

internal record Greeting
{
    public required int Protocol { get; init; }

    public required string Release { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>A random number of the server's run; null from sites of an earlier release, and from those with several servers.</summary>
    public string? Incarnation { get; init; }
}

internal sealed record JoinRequest : Greeting
{
    /// <summary>The proof of the invite.</summary>
    public required string Credential { get; init; }

    /// <summary>The id that the site had in this zone; null for none, and from sites of an earlier release.</summary>
    public string? SiteId { get; init; }
}

internal sealed record JoinAnswer
{
    public required string SiteId { get; init; }

    public required string SiteName { get; init; }
}

/// <summary>A server that has accounts and datasets asks to be taken in.</summary>
internal sealed record JoinWithRequest : Greeting
{
    /// <summary>The proof of the invite.</summary>
    public required string Credential { get; init; }

    public required IReadOnlyList<ImportedAccount> Accounts { get; init; }

    /// <summary>In a trial: datasets whose names are asked for.</summary>
    public required IReadOnlyList<ImportedDataset> Datasets { get; init; }

    public required bool IsTrial { get; init; }
}

/// <summary>Reports datasets that a site had before it joined.</summary>
internal sealed record ImportRequest : Greeting
{
    public required IReadOnlyList<ImportedDataset> Datasets { get; init; }

    public required bool IsLast { get; init; }
}

internal sealed record ImportAnswer
{
    public required IReadOnlyList<ImportedName> Names { get; init; }

    /// <summary>The number of the feed from which on sites know the names.</summary>
    public required long Sequence { get; init; }
}

internal sealed record BeatRequest : Greeting
{
    /// <summary>The position behind which it asks; null for everything.</summary>
    public FeedPosition? After { get; init; }

    /// <summary>The address at which other sites dial it, HOST:PORT; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>True if the site has everything up to there durably, and decides by it.</summary>
    public bool IsDurable { get; init; }

    public long? FreeBytes { get; init; }

    /// <summary>The site's traffic with each other one, at intervals; null for no change since the last report.</summary>
    public IReadOnlyList<TrafficLine>? Traffic { get; init; }

    /// <summary>True if the site reads rows of purges; sites of an earlier release do not, and get none.</summary>
    public bool ReadsPurges { get; init; }

    /// <summary>The same of what homes say of their datasets.</summary>
    public bool ReadsSummaries { get; init; }

    /// <summary>The same of tokens of S3 keys that open sites.</summary>
    public bool ReadsS3Keys { get; init; }

    /// <summary>The same of tokens that reach what one site has.</summary>
    public bool ReadsHeldLogins { get; init; }

    /// <summary>True if the site can read visits in the feed.</summary>
    public bool ReadsVisits { get; init; }
}

internal sealed record BeatAnswer
{
    /// <summary>The changes after the position.</summary>
    public required FeedBatch Feed { get; init; }

    /// <summary>True if the zone was restored, and the site must first report its facts.</summary>
    public bool Asks { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>True if the zone refuses a second server that runs with the key of the asking site.</summary>
    public bool HasSecond { get; init; }

    /// <summary>The address of the zone's portal; null for none, and from a zone of an earlier release.</summary>
    public string? ZonePortal { get; init; }

    /// <summary>The origin of the asking site's portal, as the zone approved it; null for none.</summary>
    public string? SitePortal { get; init; }
}

internal sealed record NameRequest : Greeting
{
    public required string Token { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>The owner; null for the owner of the token.</summary>
    public string? Owner { get; init; }

    public required string Slug { get; init; }

    /// <summary>
    /// True if the site has made the dataset while it could not reach the zone: a taken name gets a number. A zone of an earlier release
    /// refuses a taken one.
    /// </summary>
    public bool IsThere { get; init; }
}

internal sealed record NameAnswer
{
    public required long Sequence { get; init; }
}

/// <summary>A site gives a name back for which it could not make the dataset.</summary>
internal sealed record NameBackRequest : Greeting
{
    public required DatasetId Dataset { get; init; }
}

/// <summary>A site asks what the zone believes that it has: a page of all, or some datasets.</summary>
internal sealed record ExpectedRequest : Greeting
{
    /// <summary>The dataset behind which it asks; null from the beginning.</summary>
    public DatasetId? After { get; init; }

    /// <summary>The most datasets of a page, at most <see cref="SiteProtocol.MaxNames"/>.</summary>
    public int Limit { get; init; }

    /// <summary>Only these, at most <see cref="SiteProtocol.MaxNames"/>; null for a page.</summary>
    public IReadOnlyList<DatasetId>? Datasets { get; init; }
}

internal sealed record ExpectedAnswer
{
    public required IReadOnlyList<ExpectedDataset> Items { get; init; }
}

internal sealed record EndsRequest : Greeting
{
    public required KnownEnds Ends { get; init; }

    public required bool IsLast { get; init; }
}

/// <summary>The zone asks a home whether an owner to be has room for a dataset.</summary>
internal sealed record QuotaRequest
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Others that go with it, so that there must be room for all; a home of an earlier release looks at the first only.</summary>
    public IReadOnlyList<DatasetId>? With { get; init; }

    public required string Owner { get; init; }

    /// <summary>True if a refusal must be exact, which needs a compaction of the head.</summary>
    public required bool IsExact { get; init; }
}

internal sealed record SummariesUpdate
{
    /// <summary>At most <see cref="SiteProtocol.MaxSummaries"/>.</summary>
    public required IReadOnlyList<DatasetSummary> Summaries { get; init; }
}

internal sealed record SummariesAnswer
{
    /// <summary>The datasets whose summaries were not accepted: the site is not their home, or had just reported another.</summary>
    public required IReadOnlyList<DatasetId> NotTaken { get; init; }
}

internal sealed record DoneAnswer;

internal sealed record Refusal
{
    public required string Code { get; init; }

    public required string Message { get; init; }

    public required string Advice { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(JoinWithRequest))]
[JsonSerializable(typeof(AdmittedSite))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(BeatRequest))]
[JsonSerializable(typeof(BeatAnswer))]
[JsonSerializable(typeof(NameRequest))]
[JsonSerializable(typeof(NameAnswer))]
[JsonSerializable(typeof(NameBackRequest))]
[JsonSerializable(typeof(EndsRequest))]
[JsonSerializable(typeof(ExpectedRequest))]
[JsonSerializable(typeof(ExpectedAnswer))]
[JsonSerializable(typeof(QuotaRequest))]
[JsonSerializable(typeof(StepRequestText))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StartAnswer))]
[JsonSerializable(typeof(JobTokenAnswer))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(SigningKeysRequest))]
[JsonSerializable(typeof(SigningKeysAnswer))]
[JsonSerializable(typeof(LinksRequest))]
[JsonSerializable(typeof(LinksAnswer))]
[JsonSerializable(typeof(FolderText))]
[JsonSerializable(typeof(FolderTextAnswer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchResponse))]
[JsonSerializable(typeof(CardsRequest))]
[JsonSerializable(typeof(CardsAnswer))]
[JsonSerializable(typeof(SummariesUpdate))]
[JsonSerializable(typeof(SummariesAnswer))]
[JsonSerializable(typeof(DoneAnswer))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(PagesRequest))]
[JsonSerializable(typeof(BlobsRequest))]
[JsonSerializable(typeof(PartRequest))]
[JsonSerializable(typeof(UnhashedRequest))]
[JsonSerializable(typeof(UnhashedAnswer))]
[JsonSerializable(typeof(UnhashedPartRequest))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(HoldAnswer))]
[JsonSerializable(typeof(UnholdRequest))]
[JsonSerializable(typeof(HoldUpdate))]
[JsonSerializable(typeof(MoveUpdate))]
[JsonSerializable(typeof(EndUpdate))]
[JsonSerializable(typeof(PurgeUpdate))]
[JsonSerializable(typeof(LostDatasetRequest))]
[JsonSerializable(typeof(ReturnedName))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class SiteJson : JsonSerializerContext;
