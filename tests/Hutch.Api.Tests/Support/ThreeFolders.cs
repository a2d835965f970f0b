using Hutch.Datasets.Facility;
using Hutch.Model;

namespace Hutch.Api.Tests.Support;

/// <summary>An agent with three folders, which does nothing: what doors answer depends on it only as far as this shows.</summary>
internal sealed class ThreeFolders : IFacilityFolders
{
    public bool IsElsewhere { get; init; }

    public IReadOnlyList<FacilityFolder> Folders { get; init; } =
    [
        new("/data/a", FacilityFolderState.Published), new("/data/b", FacilityFolderState.Waiting), new("/data/c", FacilityFolderState.Acquiring),
    ];

    /// <summary>The plan of an adoption, by its path.</summary>
    public Func<string, AdoptionPlan> Plan { get; init; } = path => new AdoptionPlan(path);

    /// <summary>The adoptions whose scan was requested.</summary>
    public List<string> Scanned { get; } = [];

    public IReadOnlyList<FacilityParent> Parents { get; } = [new("/data", "nfs", false, [])];

    public Result<Done> Rescan(string folder) => Done.Value;

    public int Scan() => Folders.Count;

    public Task<Result<AdoptionPlan>> PlanAdoptionAsync(string path, string? pattern, bool isStore, CancellationToken ct) =>
        Task.FromResult<Result<AdoptionPlan>>(Plan(path));

    public Task<Result<int>> ScanAdoptionAsync(string root, CancellationToken ct)
    {
        Scanned.Add(root);
        return Task.FromResult<Result<int>>(1);
    }

    public Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct) => Task.FromResult<Result<string>>("Dear Anna");

    public Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct) =>
        Task.FromResult<Result<FacilityRetention>>(new FacilityRetention(null, null, IsOver: false));

    public Task<Result<FacilityRetention>> KeepAsync(DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct) =>
        Task.FromResult<Result<FacilityRetention>>(new FacilityRetention(until, null, IsOver: false));
}
