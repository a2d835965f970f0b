using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Datasets.Facility;

/// <summary>A request to the facility agent. The sender has checked the rights of its client.</summary>
[JsonDerivedType(typeof(ListFolders), "list")]
[JsonDerivedType(typeof(RescanFolder), "poke")]
[JsonDerivedType(typeof(ScanFolders), "scan")]
[JsonDerivedType(typeof(PlanAdoption), "plan")]
[JsonDerivedType(typeof(ScanAdoption), "adopted")]
[JsonDerivedType(typeof(DraftInviteMail), "letter")]
[JsonDerivedType(typeof(FindRetention), "retention")]
[JsonDerivedType(typeof(ExtendRetention), "keep")]
internal abstract record FacilityRequest
{
    [JsonIgnore]
    public virtual bool IsOrder => true;

    public abstract Task<Result<byte[]>> AnswerAsync(IFacilityFolders folders, CancellationToken ct);
}

/// <typeparam name="T">The answer.</typeparam>
internal abstract record FacilityRequest<T> : FacilityRequest
{
    public abstract JsonTypeInfo<T> AnswerType();

    public abstract Task<Result<T>> DoAsync(IFacilityFolders folders, CancellationToken ct);

    public sealed override async Task<Result<byte[]>> AnswerAsync(IFacilityFolders folders, CancellationToken ct) =>
        (await DoAsync(folders, ct)).Then<byte[]>(answer => JsonSerializer.SerializeToUtf8Bytes(answer, AnswerType()));
}

internal sealed record ListFolders(FacilityFilter Filter) : FacilityRequest<FacilityPage>
{
    public override bool IsOrder => false;

    public override JsonTypeInfo<FacilityPage> AnswerType() => FacilityJson.Default.FacilityPage;

    public override Task<Result<FacilityPage>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        Task.FromResult(FacilityPage.From(folders, Filter));
}

internal sealed record RescanFolder(string Folder) : FacilityRequest<Done>
{
    public override JsonTypeInfo<Done> AnswerType() => FacilityJson.Default.Done;

    public override Task<Result<Done>> DoAsync(IFacilityFolders folders, CancellationToken ct) => Task.FromResult(folders.Rescan(Folder));
}

internal sealed record ScanFolders : FacilityRequest<int>
{
    public override JsonTypeInfo<int> AnswerType() => FacilityJson.Default.Int32;

    public override Task<Result<int>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        Task.FromResult<Result<int>>(folders.Scan());
}

internal sealed record PlanAdoption(string Path, string? Each, bool IsStore) : FacilityRequest<AdoptionPlan>
{
    public override bool IsOrder => false;

    public override JsonTypeInfo<AdoptionPlan> AnswerType() => FacilityJson.Default.AdoptionPlan;

    public override Task<Result<AdoptionPlan>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        folders.PlanAdoptionAsync(Path, Each, IsStore, ct);
}

internal sealed record ScanAdoption(string Root) : FacilityRequest<int>
{
    public override JsonTypeInfo<int> AnswerType() => FacilityJson.Default.Int32;

    public override Task<Result<int>> DoAsync(IFacilityFolders folders, CancellationToken ct) => folders.ScanAdoptionAsync(Root, ct);
}

internal sealed record DraftInviteMail(string Folder) : FacilityRequest<string>
{
    public override JsonTypeInfo<string> AnswerType() => FacilityJson.Default.String;

    public override Task<Result<string>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        folders.DraftInviteMailAsync(Folder, ct);
}

internal sealed record FindRetention(DatasetId Dataset) : FacilityRequest<FacilityRetention>
{
    public override bool IsOrder => false;

    public override JsonTypeInfo<FacilityRetention> AnswerType() => FacilityJson.Default.FacilityRetention;

    public override Task<Result<FacilityRetention>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        folders.FindRetentionAsync(Dataset, ct);
}

internal sealed record ExtendRetention(DatasetId Dataset, DateTimeOffset? Until, string By) : FacilityRequest<FacilityRetention>
{
    public override JsonTypeInfo<FacilityRetention> AnswerType() => FacilityJson.Default.FacilityRetention;

    public override Task<Result<FacilityRetention>> DoAsync(IFacilityFolders folders, CancellationToken ct) =>
        folders.KeepAsync(Dataset, Until, By, ct);
}

/// <summary>The JSON of requests about folders between servers of one version.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(FacilityRequest))]
[JsonSerializable(typeof(FacilityPage))]
[JsonSerializable(typeof(FacilityRetention))]
[JsonSerializable(typeof(AdoptionPlan))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class FacilityJson : JsonSerializerContext;
