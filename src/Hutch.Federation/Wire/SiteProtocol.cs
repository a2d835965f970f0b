namespace Hutch.Federation.Wire;

/// <summary>The protocol between sites: its number, headers and limits. <see cref="PeerCalls"/> lists its requests.</summary>
internal static class SiteProtocol
{
    /// <summary>
    /// Each request carries it, and sites refuse another one. Raised when a site of the last release would misunderstand.
    /// </summary>
    public const int Number = 9;

    /// <summary>The prefix of a caller's request at another site, which the home answers.</summary>
    public const string Forwarded = "/sites/v1/forwarded";

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

    /// <summary>The <see cref="Number"/> of the sender; absent from sites with protocol 8 and less.</summary>
    public const string ProtocolHeader = "Hutch-Protocol";

    public const string ReleaseHeader = "Hutch-Release";

    /// <summary>The random number of the sending server's run; absent from sites with several servers.</summary>
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
    /// <param name="protocol">The number that it sent; null for none.</param>
    /// <param name="release">The release that it sent; null for none.</param>
    public static HutchError? FindRefusal(string? protocol, string? release)
    {
        bool isNumber = int.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return isNumber && number == Number
            ? null
            : (ErrorCode.Unprocessable with { Advice = "Bring both sites to the same release." }).With(string.Create(
                CultureInfo.InvariantCulture,
                $"The site has release {Clean(release ?? "")}, which speaks protocol {(isNumber ? protocol : "8 or less")}; ")
                + string.Create(CultureInfo.InvariantCulture, $"release {Release} here speaks {Number}."));
    }

    /// <summary>The most characters of an incarnation.</summary>
    public const int MaxIncarnationCharacters = 64;

    /// <summary>A release as a peer says it, safe to show.</summary>
    public static string Clean(string release) =>
        release.Length is > 0 and <= 32 && release.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+')
            ? release
            : "unknown";
}

internal sealed record JoinRequest
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>The proof of the invite.</summary>
    public required string Credential { get; init; }

    /// <summary>The id that the site had in this zone; null for none.</summary>
    public string? SiteId { get; init; }
}

internal sealed record JoinAnswer
{
    public required string SiteId { get; init; }

    public required string SiteName { get; init; }
}

/// <summary>A server that has accounts and datasets asks to be taken in.</summary>
internal sealed record JoinWithRequest
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>The proof of the invite.</summary>
    public required string Credential { get; init; }

    public required IReadOnlyList<ImportedAccount> Accounts { get; init; }

    /// <summary>In a trial: datasets whose names are asked for.</summary>
    public required IReadOnlyList<ImportedDataset> Datasets { get; init; }

    public required bool IsTrial { get; init; }
}

/// <summary>Reports datasets that a site had before it joined.</summary>
internal sealed record ImportRequest
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

internal sealed record BeatRequest
{
    public required string Release { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The position behind which it asks; null for everything.</summary>
    public FeedPosition? After { get; init; }

    /// <summary>The address at which other sites dial it, HOST:PORT; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>True if the site has everything up to there durably, and decides by it.</summary>
    public bool IsDurable { get; init; }

    public long? FreeBytes { get; init; }

    /// <summary>The site's traffic with each other one, at intervals; null for no change since the last report.</summary>
    public IReadOnlyList<TrafficLine>? Traffic { get; init; }
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

    /// <summary>The address of the zone's portal; null for none.</summary>
    public string? ZonePortal { get; init; }

    /// <summary>The origin of the asking site's portal, as the zone approved it; null for none.</summary>
    public string? SitePortal { get; init; }
}

internal sealed record NameRequest
{
    public required string Token { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>The owner; null for the owner of the token.</summary>
    public string? Owner { get; init; }

    public required string Slug { get; init; }

    /// <summary>True if the site has made the dataset while it could not reach the zone: a taken name gets a number.</summary>
    public bool IsThere { get; init; }
}

internal sealed record NameAnswer
{
    public required long Sequence { get; init; }
}

/// <summary>Releases a name for which the site could not make the dataset.</summary>
internal sealed record NameRelease
{
    public required DatasetId Dataset { get; init; }
}

/// <summary>A site asks what the zone believes that it has: a page of all, or some datasets.</summary>
internal sealed record ExpectedRequest
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

internal sealed record EndsRequest
{
    public required KnownEnds Ends { get; init; }

    public required bool IsLast { get; init; }
}

/// <summary>The zone asks a home whether an owner to be has room for a dataset.</summary>
internal sealed record QuotaRequest
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Others that go with it, so that there must be room for all.</summary>
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
