using Hutch.Model.Maintenance;
using Hutch.Model.Publications;
using static Hutch.Contracts.Rest.AnsweredBy;

namespace Hutch.Contracts.Rest;

/// <summary>All operations of the REST interface. The server registers its handlers by this table, and the client sends by it.</summary>
public static class RestCalls
{
    private const string Anonymous = RestCall.Anonymous;
    private const string OfProvider = "administrator, with the scope scim or admin";
    private const string OfPush = "write; the same user";
    private const string OfRun = "the account that started the run, or the token of its attempt";
    private const string OfAttempt = "the token of the attempt";
    private const string OfWorker = "the scope `work`";
    private const string OfLease = OfWorker + "; the lease";

    public static class Server
    {
        public static readonly RestCall<ServerInfo> About = new("GET", "/", Anonymous) { Folder = KeyOfFolder.NoData };
    }

    public static class Login
    {
        public static readonly RestCall<LoginMethods> Methods = new("GET", "/login/methods", Anonymous);
        public static readonly RestCall<PasswordLogin, SessionInfo> LogIn = new("POST", "/login", Anonymous);
        public static readonly RestCall<CodeLogin, SessionInfo> ByLink = new("POST", "/login/link", Anonymous);
        public static readonly RestCall<ShareLogin, SessionInfo> ByShare = new("POST", "/login/share", Anonymous);
        public static readonly RestCommand<ResetLogin> Reset = new("POST", "/login/reset", Anonymous);
        public static readonly RestCall LogOut = new("POST", "/logout", Anonymous);
        public static readonly RestCall StartOidc = new("GET", "/login/oidc/{provider}", Anonymous);
        public static readonly RestCall FinishOidc = new("GET", "/login/oidc/callback", Anonymous);
        public static readonly RestCall StartZone = new("GET", "/login/zone", Anonymous);
        public static readonly RestCall FinishZone = new("GET", "/login/zone/callback", Anonymous);
        public static readonly RestCall Authorize = new("GET", "/login/authorize", Anonymous);
        public static readonly RestCall<ConsentOfferInfo> FindConsent = new("GET", "/login/consent", "own");
        public static readonly RestCall<GiveConsent, GivenConsentInfo> GiveConsent = new("POST", "/login/consent", "own");
        public static readonly RestCall<DeviceLoginInfo> StartDevice = new("POST", "/login/device", Anonymous);
        public static readonly RestCall<PollDeviceLogin, DeviceLoginResult> PollDevice = new("POST", "/login/device/token", Anonymous);
        public static readonly RestCall<AnswerDeviceLogin, DeviceLoginOriginInfo> AnswerDevice =
            new("POST", "/login/device/answer", "browser session");
    }

    public static class Profile
    {
        public static readonly RestCall<CallerInfo> Find = new("GET", "/me", "any token or session") { Folder = KeyOfFolder.NoData };
        public static readonly RestCall<PatchMe, CallerInfo> Change = new("PATCH", "/me", "own");
        public static readonly RestCommand<SetPassword> SetPassword = new("PUT", "/me/password", "own");
        public static readonly RestCall<CreatedLoginLink> CreateLoginLink = new("POST", "/me/login-link", "own");
        public static readonly RestCall<Page<LoginSessionInfo>> ListSessions = new("GET", "/me/sessions", "own");
        public static readonly RestCall EndSession = new("DELETE", "/me/sessions/{session}", "own");
        public static readonly RestCall<Page<MailInfo>> ListMails = new("GET", "/me/mails", "own");
        public static readonly RestCall<ToDoInfo> ListToDo = new("GET", "/me/todo", "own");
        public static readonly RestCall<Page<NoticeInfo>> ListNotices = new("GET", "/me/notifications", "own");
        public static readonly RestCommand<SetNotice> SetNotice = new("PUT", "/me/notifications/{kind}", "own");
        public static readonly RestCall<Page<SiteConsentInfo>> ListConsents = new("GET", "/me/consents", "own");
        public static readonly RestCall EndConsent = new("DELETE", "/me/consents/{site}", "own");
    }

    public static class Scim
    {
        public static readonly RestCall Config = new("GET", "/scim/ServiceProviderConfig", Anonymous);
        public static readonly RestCall List = new("GET", "/scim/Users", OfProvider);
        public static readonly RestCall Create = new("POST", "/scim/Users", OfProvider);
        public static readonly RestCall Find = new("GET", "/scim/Users/{name}", OfProvider);
        public static readonly RestCall Replace = new("PUT", "/scim/Users/{name}", OfProvider);
        public static readonly RestCall Change = new("PATCH", "/scim/Users/{name}", OfProvider);
        public static readonly RestCall Disable = new("DELETE", "/scim/Users/{name}", OfProvider);
    }

    public static class Users
    {
        public static readonly RestCall<Page<UserInfo>> List = new("GET", "/users", "administrator");
        public static readonly RestCall<CreateUser, CreatedUser> Create = new("POST", "/users", "administrator");
        public static readonly RestCall<UserInfo> Find = new("GET", "/users/{name}", "administrator, or the account itself");
        public static readonly RestCall<PatchUser, UserInfo> Change =
            new("PATCH", "/users/{name}", "administrator; the name for people, the account itself", isRepeatable: true);
        public static readonly RestCall<HandOver, HandOverInfo> HandOver = new("POST", "/users/{name}/hand-over", "administrator");
        public static readonly RestCommand<LinkIdentity> LinkIdentity = new("PUT", "/users/{name}/identities/{provider}", "administrator");
        public static readonly RestCall UnlinkIdentity = new("DELETE", "/users/{name}/identities/{provider}", "administrator");
        public static readonly RestCall<CreatedLoginLink> CreateLoginLink = new("POST", "/users/{name}/login-link", "administrator");
    }

    public static class Groups
    {
        public static readonly RestCall<Page<GroupInfo>> List = new("GET", "/groups", "any user");
        public static readonly RestCall<CreateGroup, GroupInfo> Create = new("POST", "/groups", "any user");
        public static readonly RestCall<GroupInfo> Find = new("GET", "/groups/{group}", "member");
        public static readonly RestCall Delete = new("DELETE", "/groups/{group}", "manager of the group");
        public static readonly RestCall<PutMember, GroupInfo> PutMember =
            new("PUT", "/groups/{group}/members/{user}", "manager of the group");
        public static readonly RestCall RemoveMember =
            new("DELETE", "/groups/{group}/members/{user}", "manager of the group, or the member itself");
        public static readonly RestCall<Page<InviteInfo>> ListInvites = new("GET", "/groups/{group}/invites", "manager of the group");
        public static readonly RestCall<CreateInvite, CreatedInvite> CreateInvite =
            new("POST", "/groups/{group}/invites", "manager of the group");
    }

    public static class Tokens
    {
        public static readonly RestCall<Page<TokenInfo>> List = new("GET", "/tokens", "own");
        public static readonly RestCall<CreateToken, CreatedToken> Create = new("POST", "/tokens", "own");
        public static readonly RestCall Revoke = new("DELETE", "/tokens/{token}", "own, or administrator");
        public static readonly RestCall<ExchangeToken, ExchangedTokenInfo> Exchange = new("POST", "/tokens/exchange", "read");
        public static readonly RestCall<CreateStepToken, CreatedToken> CreateForStep =
            new("POST", "/steps", "read on the inputs, write on the output", Zone);
        public static readonly RestCall<RenewStepToken, CreatedToken> RenewForStep =
            new("POST", "/steps/{token}/renew", "the token that made it", Zone);
        public static readonly RestCall RevokeForStep = new("DELETE", "/steps/{token}", "the token that made it", Zone);
    }

    public static class Invites
    {
        public static readonly RestCall<InviteCode, InviteInfo> LookUp = new("POST", "/invites/lookup", Anonymous);
        public static readonly RestCall<AcceptInvite, InviteInfo> Accept = new("POST", "/invites/accept", Anonymous, isRepeatable: true);
        public static readonly RestCall Revoke = new("DELETE", "/invites/{invite}", "manage, or manager of the group");
        public static readonly RestCall<Page<InviteInfo>> ListOfDataset = new("GET", "/datasets/{id}/invites", "manage");
        public static readonly RestCall<CreateInvite, CreatedInvite> CreateForDataset = new("POST", "/datasets/{id}/invites", "manage");
    }

    public static class Datasets
    {
        public static readonly RestCall<Page<DatasetInfo>> List = new("GET", "/datasets", "view");
        public static readonly RestCall<CreateDataset, DatasetInfo> Create = new("POST", "/datasets", "derive on each parent");
        public static readonly RestCall<DatasetInfo> Resolve = new("GET", "/datasets/resolve", "view") { Folder = KeyOfFolder.NoData };
        public static readonly RestCall<SearchResults> Search = new("GET", "/search", "view");
        public static readonly RestCall<FacetsInfo> CountFacets = new("GET", "/search/facets", "view");
        public static readonly RestCall<DatasetInfo> Find = new("GET", "/datasets/{id}", "view", Holder) { Folder = KeyOfFolder.NoData };
        public static readonly RestCall<PatchDataset, DatasetInfo> Change =
            new("PATCH", "/datasets/{id}", "manage", HomeThenCopies, isRepeatable: true);
        public static readonly RestCall<CloseDataset, DatasetInfo> Close = new("POST", "/datasets/{id}/close", "manage", HomeThenCopies);
        public static readonly RestCall<KeepInfo> Keep = new("POST", "/datasets/{id}/keep", "manage", HomeThenCopies);
        public static readonly RestCall<DatasetInfo> Trash = new("DELETE", "/datasets/{id}", "manage", HomeThenCopies);
        public static readonly RestCall<DatasetInfo> Restore = new("POST", "/datasets/{id}/restore", "manage", HomeThenCopies);
        public static readonly RestCall<PurgeDataset, DatasetInfo> Purge = new("POST", "/datasets/{id}/purge", "owner, or administrator");
    }

    public static class Entries
    {
        public static readonly RestCall<EntryInfo> Put =
            new("PUT", "/datasets/{id}/entries/{**path}", "write", Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Read =
            new("GET", "/datasets/{id}/entries/{**path}", "read", Holder) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall ReadHeaders =
            new("HEAD", "/datasets/{id}/entries/{**path}", "read", Holder) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Remove =
            new("DELETE", "/datasets/{id}/entries/{**path}", "write", Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<TreeListing> List =
            new("GET", "/datasets/{id}/tree", "read", Holder) { Folder = KeyOfFolder.Checked };
        public static readonly RestLines<EntryInfo> ListLines =
            new("GET", "/datasets/{id}/tree/lines", "read", Holder) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Thumbnail = new("GET", "/datasets/{id}/thumbnail", "read", Holder);
    }

    public static class Hdf5
    {
        public static readonly RestCall Meta = new("GET", "/datasets/{id}/hdf5/meta", "read", Holder);
        public static readonly RestCall Attributes = new("GET", "/datasets/{id}/hdf5/attr", "read", Holder);
        public static readonly RestCall Data = new("GET", "/datasets/{id}/hdf5/data", "read", Holder);
        public static readonly RestCall Statistics = new("GET", "/datasets/{id}/hdf5/stats", "read", Holder);
        public static readonly RestCall Paths = new("GET", "/datasets/{id}/hdf5/paths", "read", Holder);
    }

    public static class Microscopes
    {
        public static readonly RestCall<MicroscopeInfo> Find = new("GET", "/datasets/{id}/microscope", "read", Holder);
        public static readonly RestCall<Page<MicroscopePlace>> ListPlaces =
            new("GET", "/datasets/{id}/microscope/places", "read", Holder);
        public static readonly RestCall<Page<MicroscopeMovie>> ListMovies =
            new("GET", "/datasets/{id}/microscope/movies", "read", Holder);
    }

    public static class Zarr
    {
        public static readonly RestCall Read = new("GET", "/datasets/{id}/zarr/{**path}", "read", Holder);
        public static readonly RestCall ReadHeaders = new("HEAD", "/datasets/{id}/zarr/{**path}", "read", Holder);
        public static readonly RestCall ReadVersion = new("GET", "/datasets/{id}/snapshots/{at}/zarr/{**path}", "read", Holder);
        public static readonly RestCall ReadVersionHeaders = new("HEAD", "/datasets/{id}/snapshots/{at}/zarr/{**path}", "read", Holder);
    }

    public static class Streams
    {
        public static readonly RestLines<EntryInfo> ListFiles =
            new("GET", "/datasets/{id}/files", "read", Holder) { Folder = KeyOfFolder.Checked };
        public static readonly RestLines<DiffLine> Diff = new("GET", "/datasets/{id}/diff", "read, of `with` too", Holder);
        public static readonly RestCall Fetch =
            new("POST", "/datasets/{id}/fetch", "read", Holder, isRepeatable: true) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Tar = new("GET", "/datasets/{id}/archive.tar", "read", Holder);
        public static readonly RestCall Zip = new("GET", "/datasets/{id}/archive.zip", "read", Holder);
        public static readonly RestLines<VerifyLine> Verify = new("POST", "/datasets/{id}/verify", "read", isRepeatable: true);
    }

    public static class Pushes
    {
        public static readonly RestCall<StartPush, PushSession> Start =
            new("POST", "/datasets/{id}/sessions", "write", Home, isRepeatable: true) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<PushSession> Find = new("GET", "/sessions/{sid}", OfPush, Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Abandon = new("DELETE", "/sessions/{sid}", OfPush, Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestLines<BlobHash> Negotiate =
            new("POST", "/sessions/{sid}/negotiate", OfPush, Home, isRepeatable: true) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<UploadReceipt> UploadMany =
            new("POST", "/sessions/{sid}/blobs", OfPush, Home, isRepeatable: true) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall Append = new("PATCH", "/sessions/{sid}/blobs/{key}", OfPush, Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall FindUpload =
            new("HEAD", "/sessions/{sid}/blobs/{key}", OfPush, Home) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<SnapshotInfo> Commit =
            new("POST", "/sessions/{sid}/commit", OfPush, HomeThenCopies) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<PartInfo> CommitPart = new("POST", "/sessions/{sid}/part", OfRun, HomeThenCopies);
        public static readonly RestCall<AskReceipts, ReceiptList> SignReceipts =
            new("POST", "/datasets/{id}/receipts", "read", Home, isRepeatable: true);
        public static readonly RestCall<Page<SentContentInfo>> ListUnreferenced = new("GET", "/datasets/{id}/sent", "manage", Home);
        public static readonly RestCall EndUnreferenced = new("DELETE", "/datasets/{id}/sent/{sent}", "manage", Home);
    }

    public static class Snapshots
    {
        public static readonly RestCall<Page<SnapshotInfo>> List = new("GET", "/datasets/{id}/snapshots", "view", Holder);
        public static readonly RestCall<CreateSnapshot, SnapshotInfo> Create =
            new("POST", "/datasets/{id}/snapshots", "write; manage with a tag", HomeThenCopies);
        public static readonly RestCall<SnapshotInfo> Find = new("GET", "/datasets/{id}/snapshots/{ref}", "view", Holder);
        public static readonly RestCall<Page<SubdatasetInfo>> ListSubdatasets =
            new("GET", "/datasets/{id}/snapshots/{ref}/subdatasets", "read", Home);
        public static readonly RestCall<RevertDataset, SnapshotInfo> Revert = new("POST", "/datasets/{id}/revert", "write", HomeThenCopies);
        public static readonly RestCall<MoveFiles, SnapshotInfo> Move =
            new("POST", "/datasets/{id}/move", "write", HomeThenCopies) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<RemoveFiles, SnapshotInfo> Remove =
            new("POST", "/datasets/{id}/remove", "write", HomeThenCopies) { Folder = KeyOfFolder.Checked };
        public static readonly RestCall<PutTag, SnapshotInfo> PutTag = new("PUT", "/datasets/{id}/tags/{tag}", "manage", HomeThenCopies);
        public static readonly RestCall RemoveTag = new("DELETE", "/datasets/{id}/tags/{tag}", "manage", HomeThenCopies);
    }

    public static class Metadata
    {
        public static readonly RestCall<JsonElement> Find = new("GET", "/datasets/{id}/metadata", "view", Holder);
        public static readonly RestCommand<JsonElement> Replace =
            new("PUT", "/datasets/{id}/metadata", "write", HomeThenCopies, isRepeatable: false);
        public static readonly RestCall<JsonElement> FindPersonal = new("GET", "/datasets/{id}/personal", "read", Home);
        public static readonly RestCall<SuggestedMetadataInfo> Suggest = new("GET", "/datasets/{id}/metadata/suggestions", "read", Holder);
        public static readonly RestCall<Page<MetadataVersion>> ListVersions = new("GET", "/datasets/{id}/metadata/history", "view", Holder);
        public static readonly RestCall<DatasetAttributes> Describe = new("GET", "/datasets/{id}/attributes", "view", Holder);
        public static readonly RestCall<JsonElement, DatasetAttributes> TryAttributes =
            new("POST", "/datasets/{id}/attributes", "view", Holder);
    }

    public static class Types
    {
        public static readonly RestCall<Page<TypeInfo>> List = new("GET", "/types", Anonymous);
        public static readonly RestCall<TypeInfo> Find = new("GET", "/types/{**name}", Anonymous);
        public static readonly RestCall FindSchema = new("GET", "/types/{name}/schema", Anonymous);
        public static readonly RestCall<Page<VocabularyTermInfo>> FindVocabulary = new("GET", "/vocabularies/{name}", Anonymous);
    }

    public static class Publications
    {
        public static readonly RestCall<PublicationInfo> Find = new("GET", "/datasets/{id}/publication", "manage", ZoneAlone);
        public static readonly RestCall<PublicationDescription, PublicationInfo> Describe =
            new("PUT", "/datasets/{id}/publication", "manage", ZoneAlone, isRepeatable: false);
        public static readonly RestCall<Page<PublicationRevisionInfo>> ListRevisions =
            new("GET", "/datasets/{id}/publication/history", "manage", ZoneAlone);
        public static readonly RestCall<PublishDataset, PublicationInfo> Publish =
            new("POST", "/datasets/{id}/publication/publish", "manage", ZoneAlone);
        public static readonly RestCall<PublicationInfo> GiveDoi =
            new("POST", "/datasets/{id}/publication/doi", "manage", ZoneAlone, isRepeatable: true);
        public static readonly RestCall<WithdrawPublication, PublicationInfo> Withdraw =
            new("POST", "/datasets/{id}/publication/withdraw", "manage", ZoneAlone);
    }

    public static class Sharing
    {
        public static readonly RestCall<Page<GrantInfo>> ListGrants = new("GET", "/datasets/{id}/grants", "manage");
        public static readonly RestCall<PutGrant, GrantInfo> PutGrant = new("PUT", "/datasets/{id}/grants/{principal}", "manage");
        public static readonly RestCall RemoveGrant = new("DELETE", "/datasets/{id}/grants/{principal}", "manage");
        public static readonly RestCall<Page<LinkInfo>> ListLinks = new("GET", "/datasets/{id}/links", "manage", Zone);
        public static readonly RestCall<CreateLink, CreatedLink> CreateLink = new("POST", "/datasets/{id}/links", "manage", Zone);
        public static readonly RestCall RevokeLink = new("DELETE", "/datasets/{id}/links/{link}", "manage", Zone);
        public static readonly RestCall<AskAccess, AccessRequestInfo> RequestAccess = new("POST", "/datasets/{id}/access-request", "view");
        public static readonly RestCall WithdrawRequest = new("DELETE", "/datasets/{id}/access-request", "view");
        public static readonly RestCall<Page<AccessRequestInfo>> ListRequests = new("GET", "/datasets/{id}/access-requests", "manage");
        public static readonly RestCommand<AnswerAccess> AnswerRequest = new("POST", "/datasets/{id}/access-requests/{user}", "manage");
        public static readonly RestCall<Page<AccessRequestInfo>> ListAllRequests = new("GET", "/access-requests", "own");
        public static readonly RestCall<ChangeOwner, DatasetInfo> ChangeOwner = new("PUT", "/datasets/{id}/owner", "owner");
        public static readonly RestCall<Page<OfferInfo>> ListOffers = new("GET", "/offers", "own");
        public static readonly RestCall<AcceptOffer, DatasetInfo> AcceptOffer = new("POST", "/offers/{id}/accept", "receiver");
        public static readonly RestCall EndOffer = new("DELETE", "/offers/{id}", "receiver, or owner");
    }

    public static class Visits
    {
        public static readonly RestCall<Page<VisitInfo>> List = new("GET", "/visits", "any user");
        public static readonly RestCall<VisitDocument, VisitInfo> Put = new("POST", "/visits", "administrator");
        public static readonly RestCall<Page<VisitInfo>> Import = new("POST", "/visits/import", "administrator", isRepeatable: true);
        public static readonly RestCall<VisitInfo> Find = new("GET", "/visits/{visit}", "member");
        public static readonly RestCall<VisitInfo> End = new("POST", "/visits/{visit}/end", "manager of the group", isRepeatable: true);
        public static readonly RestCall<PutVisitPerson, VisitInfo> PutPerson =
            new("PUT", "/visits/{visit}/people/{user}", "manager of the group");
        public static readonly RestCall RemovePerson =
            new("DELETE", "/visits/{visit}/people/{user}", "manager of the group, or the person itself");
        public static readonly RestCall<Page<VisitNoteInfo>> ListNotes = new("GET", "/visits/{visit}/notes", "member");
        public static readonly RestCall<CreateVisitNote, VisitNoteInfo> AddNote = new("POST", "/visits/{visit}/notes", "member");
        public static readonly RestCall RemoveNote = new("DELETE", "/visits/{visit}/notes/{number}", "author; manager of the group");
    }

    public static class Facility
    {
        public static readonly RestCall<FacilityFolders> ListFolders = new("GET", "/agent/folders", "operator");
        public static readonly RestCommand<NamedFolder> Rescan = new("POST", "/agent/poke", "operator", isRepeatable: true);
        public static readonly RestCall<FacilityScan> ScanAll = new("POST", "/agent/scan", "operator", isRepeatable: true);
        public static readonly RestCall<AdoptFolder, AdoptionInfo> Adopt = new("POST", "/agent/adoptions", "operator", isRepeatable: true);
        public static readonly RestCall<NamedFolder, FacilityLetter> DraftLetter = new("POST", "/agent/letter", "operator");
        public static readonly RestCall<RetentionInfo> FindRetention = new("GET", "/datasets/{id}/retention", "view");
        public static readonly RestCall<KeepFiles, RetentionInfo> SetRetention = new("PUT", "/datasets/{id}/retention", "manage");
    }

    public static class Analyses
    {
        public static readonly RestCall<Page<StepDeclaration>> ListSteps = new("GET", "/analyses/steps", Anonymous);
        public static readonly RestCall<StartAnalysis, AnalysisInfo> Start = new("POST", "/datasets/{id}/analyses", "read and derive");
        public static readonly RestCall<TryAnalysis, AnalysisTrial> Try = new("POST", "/datasets/{id}/analyses/trial", "read");
        public static readonly RestCall<SelectFrames, SelectionInfo> Select =
            new("POST", "/runs/{run}/selections", "read of the rows, read and derive of the frames");
        public static readonly RestLines<ResultRow> FollowResults = new("GET", "/datasets/{id}/results", "read", Holder);
    }

    public static class Runs
    {
        public static readonly RestCall<Page<RunInfo>> List = new("GET", "/runs", "view of a dataset that they read or wrote");
        public static readonly RestCall<RunInfo> Find = new("GET", "/runs/{run}", "view of a dataset that it read or wrote", Home);
        public static readonly RestCall Stop =
            new("POST", "/runs/{run}/stop", "the account that started it, or manage of a dataset that it reads or writes", HomeThenCopies);
        public static readonly RestCall<StartRun, RunInfo> Start = new("POST", "/runs", "read of its inputs, write of its output");
        public static readonly RestCall<FinishRun, RunInfo> Finish =
            new("POST", "/runs/{run}/finish", "the account that started it", HomeThenCopies);
        public static readonly RestCall<Lineage> FindLineage = new("GET", "/datasets/{id}/lineage", "view", Holder);
        public static readonly RestCall<Page<PartInfo>> ListParts =
            new("GET", "/runs/{run}/parts", "view of a dataset that it read or wrote");
        public static readonly RestCall<BeginPart, PartInfo> BeginPart =
            new("POST", "/runs/{run}/parts", OfRun, HomeThenCopies, isRepeatable: true);
        public static readonly RestCall<FailPart, PartInfo> FailPart =
            new("POST", "/runs/{run}/parts/fail", OfRun, HomeThenCopies, isRepeatable: true);
    }

    public static class Programs
    {
        public static readonly RestCall<Page<ProgramInfo>> List = new("GET", "/programs", "an account");
        public static readonly RestCall<ProgramInfo> Find = new("GET", "/programs/{name}", "an account");
        public static readonly RestCall<StartProgram, RunInfo> Start = new("POST", "/programs/{name}/runs", "read and derive");
        public static readonly RestCommand<EnableProgram> Enable =
            new("POST", "/programs/{name}/enable", "an account; derive from the dataset", isRepeatable: true);
        public static readonly RestCommand<DisableProgram> Disable =
            new("POST", "/programs/{name}/disable", "an account", isRepeatable: true);
        public static readonly RestCall<RunInfo> Retry = new("POST", "/runs/{run}/retry", "the account that started it", Home);
        public static readonly RestCall ReadLog = new("GET", "/runs/{run}/log", "view of all its inputs", Home);
        public static readonly RestCall<ClaimAttempt, AttemptInfo> ClaimAttempt =
            new("POST", "/runs/{run}/attempts/{attempt}/claim", OfAttempt, isRepeatable: true);
        public static readonly RestCommand<NoteAttempt> NoteAttempt =
            new("POST", "/runs/{run}/attempts/{attempt}/beat", OfAttempt, isRepeatable: true);
        public static readonly RestCall<FinishAttempt, RunInfo> FinishAttempt =
            new("POST", "/runs/{run}/attempts/{attempt}/finish", OfAttempt, isRepeatable: true);
        public static readonly RestCall<StartRerun, RunInfo> Rerun =
            new("POST", "/runs/{run}/rerun", "derive from its inputs, read of its results");
        public static readonly RestCall<Page<StatementInfo>> ListStatements = new("GET", "/datasets/{id}/statements", "view");
        public static readonly RestCommand<AddStatement> AddStatement =
            new("POST", "/datasets/{id}/statements", "derive", HomeThenCopies, isRepeatable: true);
        public static readonly RestCall<JsonElement> FindProvenance = new("GET", "/datasets/{id}/provenance", "view", Holder);
    }

    public static class Work
    {
        public static readonly RestCall<TakeWork, TakenFrames> Lease = new("POST", "/work/leases", OfWorker);
        public static readonly RestCommand<LeaveWork> Leave = new("POST", "/work/leave", OfWorker, isRepeatable: true);
        public static readonly RestCall<ExtendLeases, LostLeases> Extend = new("POST", "/work/leases/extend", OfWorker);
        public static readonly RestCall ReadFrame = new("GET", "/work/leases/{lease}/frames/{frame}", OfLease);
        public static readonly RestCall ReadEntry = new("GET", "/work/leases/{lease}/entries/{**path}", OfLease);
        public static readonly RestCall PutFile = new("PUT", "/work/leases/{lease}/files/{**path}", OfLease);
        public static readonly RestCommand<GiveRows> GiveRows = new("POST", "/work/leases/{lease}/rows", OfLease, isRepeatable: true);
        public static readonly RestCall Return = new("POST", "/work/leases/{lease}/return", OfLease, isRepeatable: true);
        public static readonly RestCommand<RefuseWork> Refuse = new("POST", "/work/leases/{lease}/refuse", OfLease, isRepeatable: true);
        public static readonly RestCall OpenFrame = new("GET", "/frames/{address}", "the address");
    }

    public static class Storage
    {
        public static readonly RestCall<StorageInfo> FindUse = new("GET", "/admin/storage", "operator, auditor");
        public static readonly RestCall<SpaceInfo> FindSpace = new("GET", "/space", "own; site administrator");
        public static readonly RestCall<EngineInfo> FindEngine = new("GET", "/admin/engine", "operator");
        public static readonly RestCall<OwnerStorage> FindQuota = new("GET", "/owners/{owner}/quota", "own; operator, auditor");
        public static readonly RestCall<SetQuota, OwnerStorage> SetQuota = new("PUT", "/owners/{owner}/quota", "administrator");
        public static readonly RestCall<SetBudget, OwnerStorage> SetBudget = new("PUT", "/owners/{owner}/budget", "administrator");
        public static readonly RestCall<RecallInfo> FindRecall = new("GET", "/datasets/{id}/recall", "read", Holder);
        public static readonly RestCall<PutRecall, RecallInfo> Recall = new("PUT", "/datasets/{id}/recall", "manage", Holder);
        public static readonly RestCall<RecallInfo> EndRecall =
            new("DELETE", "/datasets/{id}/recall", "manage", Holder, isRepeatable: true);
    }

    public static class Jobs
    {
        public static readonly RestCall<Page<JobInfo>> List = new("GET", "/jobs", "operator");
        public static readonly RestCall<StartJob, JobInfo> Start = new("POST", "/jobs", "operator; some kinds: administrator");
        public static readonly RestCall<Page<WarningInfo>> ListWarnings = new("GET", "/warnings", "operator");
        public static readonly RestCall<Page<TaskDeclaration>> ListKinds = new("GET", "/jobs/kinds", "operator");
        public static readonly RestCall<JobInfo> Find = new("GET", "/jobs/{job}", "operator");
    }

    public static class Activity
    {
        public static readonly RestCall<SiteActivity> Read = new("GET", "/activity", "operator");
        public static readonly RestCall<LiveInfo> ReadLive = new("GET", "/live", "operator; others see their own runs and captures");
        public static readonly RestCall<Page<ArrivalInfo>> ListArrivals = new("GET", "/arrivals", "view");
        public static readonly RestCall<Page<ActivityInfo>> ListOfDataset = new("GET", "/datasets/{id}/activity", "manage", Holder);
        public static readonly RestCall<DatasetDownloads> CountDownloads = new("GET", "/datasets/{id}/downloads", "manage");
        public static readonly RestCall<Page<AuditInfo>> ListAudit = new("GET", "/audit", "auditor or administrator");
        public static readonly RestCall FollowEvents = new("GET", "/events", "view");
    }

    public static class Queues
    {
        public static readonly RestCall<Page<LiveBrokerQueue>> List = new("GET", "/queues", "operator");
        public static readonly RestCall<DeadLetterList> ReadDeadLetters = new("GET", "/queues/{queue}/dead-letters", "operator");
        public static readonly RestCall<DrainedLetters> Drain = new("DELETE", "/queues/{queue}/dead-letters", "operator");
        public static readonly RestCall<ResentLettersInfo> Resend = new("POST", "/queues/{queue}/dead-letters/resend", "operator");
    }

    public static class Sites
    {
        public static readonly RestCall<SiteList> List = new("GET", "/sites", "operator or auditor");
        public static readonly RestCall<InviteSite, InvitedSite> Invite = new("POST", "/sites", "administrator");
        public static readonly RestCall<LabelSite, ZoneSiteInfo> SetLabels = new("PUT", "/sites/{site}/labels", "administrator");
        public static readonly RestCall<SetSitePortal, ZoneSiteInfo> SetPortal =
            new("PUT", "/sites/{site}/portal", "administrator", ZoneAlone);
        public static readonly RestCall<TrustSite, ZoneSiteInfo> SetTrust = new("PUT", "/sites/{site}/trust", "administrator", ZoneAlone);
        public static readonly RestCall<ChangeSiteTerms, SiteTermsInfo> ChangeTerms =
            new("PATCH", "/sites/{site}/terms", "administrator, or site-admin of the site", ZoneAlone, isRepeatable: true);
        public static readonly RestCall<SiteDifferenceList> ListDifferences =
            new("GET", "/sites/{site}/differences", "operator or auditor");
        public static readonly RestCall<SiteLeftList> ListLeft = new("GET", "/sites/{site}/left", "operator or auditor", ZoneAlone);
        public static readonly RestCall Remove = new("DELETE", "/sites/{site}", "administrator", isRepeatable: true);
        public static readonly RestCall<JoinZone, JoinPlanInfo> PlanJoin = new("POST", "/sites/join/plan", "administrator");
        public static readonly RestCall<JoinZone, JoinedZoneInfo> Join = new("POST", "/sites/join", "administrator");
        public static readonly RestCall<Page<PurgeInfo>> ListPurges = new("GET", "/purges", "operator or auditor");
        public static readonly RestCall<OrderPurge, PurgeInfo> OrderPurge = new("POST", "/purges", "administrator");
    }

    public static class Copies
    {
        public static readonly RestCall<ComingCopyList> ListComing = new("GET", "/copies", "operator or auditor", ZoneAlone);
        public static readonly RestCall<CopyList> List = new("GET", "/datasets/{id}/copies", "read", ZoneAlone);
        public static readonly RestCall<AskCopy, CopyList> Request = new("POST", "/datasets/{id}/copies", "manage", ZoneAlone);
        public static readonly RestCall<CopyList> Withdraw =
            new("DELETE", "/datasets/{id}/copies/{site}", "manage", ZoneAlone, isRepeatable: true);
        public static readonly RestCall<MoveHome, CopyList> MoveHome = new("POST", "/datasets/{id}/home", "manage", ZoneAlone);
        public static readonly RestCall<EvictionInfo> FindEviction = new("GET", "/datasets/{id}/eviction", "read");
        public static readonly RestCall<EvictDataset, EvictionInfo> Evict =
            new("POST", "/datasets/{id}/eviction", "manage, or site-admin", Home);
        public static readonly RestCall<EvictionInfo> RecallEvicted =
            new("DELETE", "/datasets/{id}/eviction", "manage, or site-admin", Home, isRepeatable: true);
    }

    public static class Rules
    {
        public static readonly RestCall<DatasetRules> ListOfDataset = new("GET", "/datasets/{id}/rules", "manage", ZoneAlone);
        public static readonly RestCall<AddDatasetRule, RuleInfo> AddToDataset = new("POST", "/datasets/{id}/rules", "manage", ZoneAlone);
        public static readonly RestCall<AddDatasetRule, RuleEffectInfo> TryForDataset =
            new("POST", "/datasets/{id}/rules/trial", "manage", ZoneAlone);
        public static readonly RestCall<RuleList> List = new("GET", "/rules", "operator or auditor", ZoneAlone);
        public static readonly RestCall<AddRule, RuleInfo> Add = new("POST", "/rules", "administrator", ZoneAlone);
        public static readonly RestCall<AddRule, RuleEffectInfo> Try = new("POST", "/rules/trial", "administrator", ZoneAlone);
        public static readonly RestCall<RuleEffectInfo> Find = new("GET", "/rules/{rule}", "operator or auditor", ZoneAlone);
        public static readonly RestCall<RuleInfo> Remove =
            new("DELETE", "/rules/{rule}", "manage, or administrator if not for a dataset", ZoneAlone);
    }
}
