using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>
/// How the records of this folder are written as JSON: camelCase, absent instead of null, depth at most 32. Requests refuse
/// members they do not know (each carries the attribute); answers ignore them, so that an old client reads a newer server.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    AllowDuplicateProperties = false,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(CallerInfo))]
[JsonSerializable(typeof(UserInfo))]
[JsonSerializable(typeof(CreateUser))]
[JsonSerializable(typeof(CreatedUser))]
[JsonSerializable(typeof(PatchUser))]
[JsonSerializable(typeof(GroupInfo))]
[JsonSerializable(typeof(CreateGroup))]
[JsonSerializable(typeof(PutMember))]
[JsonSerializable(typeof(TokenInfo))]
[JsonSerializable(typeof(CreateToken))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(DatasetInfo))]
[JsonSerializable(typeof(CreateDataset))]
[JsonSerializable(typeof(PatchDataset))]
[JsonSerializable(typeof(CloseDataset))]
[JsonSerializable(typeof(PurgeDataset))]
[JsonSerializable(typeof(ChangeOwner))]
[JsonSerializable(typeof(EntryInfo))]
[JsonSerializable(typeof(TreeListing))]
[JsonSerializable(typeof(StreamEnd))]
[JsonSerializable(typeof(SnapshotInfo))]
[JsonSerializable(typeof(CreateSnapshot))]
[JsonSerializable(typeof(PutTag))]
[JsonSerializable(typeof(DiffLine))]
[JsonSerializable(typeof(MetadataVersion))]
[JsonSerializable(typeof(GrantInfo))]
[JsonSerializable(typeof(PutGrant))]
[JsonSerializable(typeof(LinkInfo))]
[JsonSerializable(typeof(CreateLink))]
[JsonSerializable(typeof(CreatedLink))]
[JsonSerializable(typeof(StartPush))]
[JsonSerializable(typeof(PushSession))]
[JsonSerializable(typeof(OfferedBlob))]
[JsonSerializable(typeof(UploadReceipt))]
[JsonSerializable(typeof(CommitHeader))]
[JsonSerializable(typeof(CommitChange))]
[JsonSerializable(typeof(EventInfo))]
[JsonSerializable(typeof(StartAnalysis))]
[JsonSerializable(typeof(AnalysisInfo))]
[JsonSerializable(typeof(ResultRow))]
[JsonSerializable(typeof(ResultsEnd))]
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(Lineage))]
[JsonSerializable(typeof(VerifyLine))]
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(StartJob))]
[JsonSerializable(typeof(AuditInfo))]
[JsonSerializable(typeof(LoginMethods))]
[JsonSerializable(typeof(PasswordLogin))]
[JsonSerializable(typeof(CodeLogin))]
[JsonSerializable(typeof(ShareLogin))]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(SetPassword))]
[JsonSerializable(typeof(PatchMe))]
[JsonSerializable(typeof(CreatedLoginLink))]
[JsonSerializable(typeof(ResetLogin))]
[JsonSerializable(typeof(InviteInfo))]
[JsonSerializable(typeof(CreateInvite))]
[JsonSerializable(typeof(CreatedInvite))]
[JsonSerializable(typeof(InviteCode))]
[JsonSerializable(typeof(AcceptInvite))]
[JsonSerializable(typeof(HandOver))]
[JsonSerializable(typeof(HandOverInfo))]
[JsonSerializable(typeof(Page<InviteInfo>))]
[JsonSerializable(typeof(Page<MailInfo>))]
[JsonSerializable(typeof(Page<LoginSessionInfo>))]
[JsonSerializable(typeof(Page<UserInfo>))]
[JsonSerializable(typeof(Page<GroupInfo>))]
[JsonSerializable(typeof(Page<TokenInfo>))]
[JsonSerializable(typeof(Page<DatasetInfo>))]
[JsonSerializable(typeof(Page<SnapshotInfo>))]
[JsonSerializable(typeof(Page<MetadataVersion>))]
[JsonSerializable(typeof(Page<GrantInfo>))]
[JsonSerializable(typeof(Page<LinkInfo>))]
[JsonSerializable(typeof(Page<RunInfo>))]
[JsonSerializable(typeof(Page<JobInfo>))]
[JsonSerializable(typeof(WarningInfo))]
[JsonSerializable(typeof(Page<WarningInfo>))]
[JsonSerializable(typeof(Page<AuditInfo>))]
[JsonSerializable(typeof(BlobHash))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class HutchJson : JsonSerializerContext
{
    /// <summary>Deepest nesting of a JSON document that is read.</summary>
    public const int MaxDepth = 32;
}
