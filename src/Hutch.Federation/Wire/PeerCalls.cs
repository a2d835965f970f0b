using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Search;

namespace Hutch.Federation.Wire;

/// <summary>All requests between sites. Both the client and the handlers use this table.</summary>
internal static class PeerCalls
{
    private const string Root = "/sites/v1/";

    public static readonly PeerCall<JoinRequest, JoinAnswer> Join =
        AtZone("join", SiteJson.Default.JoinRequest, SiteJson.Default.JoinAnswer);

    /// <summary>Joins with accounts and datasets.</summary>
    public static readonly PeerCall<JoinWithRequest, AdmittedSite> JoinWith =
        AtZone("join-with", SiteJson.Default.JoinWithRequest, SiteJson.Default.AdmittedSite);

    /// <summary>Reports datasets that a site had before it joined.</summary>
    public static readonly PeerCall<ImportRequest, ImportAnswer> Import =
        AtZone("import", SiteJson.Default.ImportRequest, SiteJson.Default.ImportAnswer);

    public static readonly PeerCall<BeatRequest, BeatAnswer> Beat =
        AtZone("beat", SiteJson.Default.BeatRequest, SiteJson.Default.BeatAnswer);

    public static readonly PeerCall<NameRequest, NameAnswer> ReserveName =
        AtZone("reserve-name", SiteJson.Default.NameRequest, SiteJson.Default.NameAnswer);

    public static readonly PeerCall<NameRelease, DoneAnswer> ReleaseName =
        AtZone("release-name", SiteJson.Default.NameRelease, SiteJson.Default.DoneAnswer);

    /// <summary>Reports ends from before the zone was restored.</summary>
    public static readonly PeerCall<EndsRequest, DoneAnswer> KnownEnds =
        AtZone("known-ends", SiteJson.Default.EndsRequest, SiteJson.Default.DoneAnswer);

    /// <summary>Lists the datasets that the zone expects at the asking site.</summary>
    public static readonly PeerCall<ExpectedRequest, ExpectedAnswer> Expected =
        AtZone("expected", SiteJson.Default.ExpectedRequest, SiteJson.Default.ExpectedAnswer);

    /// <summary>Redeems the code of a browser that logs in at a site.</summary>
    public static readonly PeerCall<LoginRequest, LoginAnswer> LogIn =
        AtZone("login", SiteJson.Default.LoginRequest, SiteJson.Default.LoginAnswer);

    /// <summary>Fetches signing keys of S3 keys for the asking site.</summary>
    public static readonly PeerCall<SigningKeysRequest, SigningKeysAnswer> SigningKeys =
        AtZone("signing-keys", SiteJson.Default.SigningKeysRequest, SiteJson.Default.SigningKeysAnswer);

    /// <summary>Shares a facility folder: invites, share links, visibility and mails.</summary>
    public static readonly PeerCall<FolderText, FolderAnswer> Folders =
        AtZone("folders", SiteJson.Default.FolderText, SiteJson.Default.FolderAnswer);

    /// <summary>Searches all datasets for a caller at a site.</summary>
    public static readonly PeerCall<SearchRequest, SearchAnswer> Search =
        AtZone("search", SiteJson.Default.SearchRequest, SiteJson.Default.SearchAnswer);

    /// <summary>Reports summaries of datasets.</summary>
    public static readonly PeerCall<SummariesUpdate, SummariesAnswer> Summaries =
        AtZone("summaries", SiteJson.Default.SummariesUpdate, SiteJson.Default.SummariesAnswer);

    /// <summary>Reports the progress of a copy.</summary>
    public static readonly PeerCall<CopyReport, DoneAnswer> Progress =
        AtZone("progress", SiteJson.Default.CopyReport, SiteJson.Default.DoneAnswer);

    /// <summary>Reports that a home was released or taken over.</summary>
    public static readonly PeerCall<MoveUpdate, DoneAnswer> Move =
        AtZone("move", SiteJson.Default.MoveUpdate, SiteJson.Default.DoneAnswer);

    /// <summary>Reports that a home has deleted, restored or ended a dataset.</summary>
    public static readonly PeerCall<EndUpdate, DoneAnswer> End =
        AtZone("end", SiteJson.Default.EndUpdate, SiteJson.Default.DoneAnswer);

    /// <summary>Reports that a copy is held for its home, or no longer.</summary>
    public static readonly PeerCall<HoldUpdate, DoneAnswer> ReportHold =
        AtZone("report-hold", SiteJson.Default.HoldUpdate, SiteJson.Default.DoneAnswer);

    /// <summary>Reports that nothing of a purged dataset is left at a site.</summary>
    public static readonly PeerCall<PurgeUpdate, DoneAnswer> ReportPurge =
        AtZone("report-purge", SiteJson.Default.PurgeUpdate, SiteJson.Default.DoneAnswer);

    /// <summary>Names the changes that a lost home had accepted and its successor does not know.</summary>
    public static readonly PeerCall<LostDatasetRequest, ReturnedName> NameLost =
        AtZone("name-lost", SiteJson.Default.LostDatasetRequest, SiteJson.Default.ReturnedName);

    /// <summary>Checks at a home whether an owner has enough quota for datasets.</summary>
    public static readonly PeerCall<QuotaRequest, DoneAnswer> Quota =
        AtSite("quota", SiteJson.Default.QuotaRequest, SiteJson.Default.DoneAnswer);

    /// <summary>Fetches metadata of datasets for the search of the zone.</summary>
    public static readonly PeerCall<CardsRequest, SearchCardPage> Cards =
        AtSite("cards", SiteJson.Default.CardsRequest, SiteJson.Default.SearchCardPage);

    /// <summary>Starts a program at another site, for an account.</summary>
    public static readonly PeerCall<StartRequest, StartAnswer> Start =
        AtSite("start", SiteJson.Default.StartRequest, SiteJson.Default.StartAnswer);

    /// <summary>Asks a holder to hold its copy, and to prove that all of it exists.</summary>
    public static readonly PeerCall<HoldRequest, HoldAnswer> Hold =
        AtSite("hold", SiteJson.Default.HoldRequest, SiteJson.Default.HoldAnswer);

    public static readonly PeerCall<UnholdRequest, DoneAnswer> EndHold =
        AtSite("end-hold", SiteJson.Default.UnholdRequest, SiteJson.Default.DoneAnswer);

    /// <summary>Lists files that the home has not hashed yet.</summary>
    public static readonly PeerCall<UnhashedRequest, UnhashedAnswer> Unhashed =
        AtSite("unhashed", SiteJson.Default.UnhashedRequest, SiteJson.Default.UnhashedAnswer);

    public static readonly PeerStream<UnhashedPartRequest> UnhashedPart =
        Stream("unhashed-part", SiteJson.Default.UnhashedPartRequest);

    /// <summary>Fetches a signed history.</summary>
    public static readonly PeerStream<HistoryRequest> History = Stream("history", SiteJson.Default.HistoryRequest);

    public static readonly PeerStream<PagesRequest> Pages = Stream("pages", SiteJson.Default.PagesRequest);

    public static readonly PeerStream<BlobsRequest> Blobs = Stream("blobs", SiteJson.Default.BlobsRequest);

    /// <summary>Fetches bytes of a large file.</summary>
    public static readonly PeerStream<PartRequest> Part = Stream("part", SiteJson.Default.PartRequest);

    /// <summary>Fetches bytes of a large file, with the signed hash of each part.</summary>
    public static readonly PeerStream<PartRequest> Extents = Stream("extents", SiteJson.Default.PartRequest);

    /// <summary>Fetches the signed hashes without the bytes.</summary>
    public static readonly PeerStream<PartRequest> Hashes = Stream("hashes", SiteJson.Default.PartRequest);

    private static PeerCall<TRequest, TAnswer> AtZone<TRequest, TAnswer>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer) => new(Root + name, PeerRole.Zone, request, answer);

    private static PeerCall<TRequest, TAnswer> AtSite<TRequest, TAnswer>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer) => new(Root + name, PeerRole.Site, request, answer);

    private static PeerStream<TRequest> Stream<TRequest>(string name, JsonTypeInfo<TRequest> request) => new(Root + name, request);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
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
[JsonSerializable(typeof(NameRelease))]
[JsonSerializable(typeof(EndsRequest))]
[JsonSerializable(typeof(ExpectedRequest))]
[JsonSerializable(typeof(ExpectedAnswer))]
[JsonSerializable(typeof(QuotaRequest))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StartAnswer))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(SigningKeysRequest))]
[JsonSerializable(typeof(SigningKeysAnswer))]
[JsonSerializable(typeof(FolderText))]
[JsonSerializable(typeof(FolderAnswer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(CardsRequest))]
[JsonSerializable(typeof(SearchCardPage))]
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
