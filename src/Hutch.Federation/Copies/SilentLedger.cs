using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Federation.Copies;

/// <summary>Tells nobody: what a home brings back is no copy.</summary>
internal sealed class SilentLedger : ICopyLedger
{
    private static Task<Result<Done>> Nothing => Task.FromResult<Result<Done>>(Done.Value);

    public Task<Result<Done>> TellAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct) => Nothing;

    public Task<Result<Done>> TellAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => Nothing;

    public Task<Result<Done>> TellAsync(DatasetId dataset, EndReport report, CancellationToken ct) => Nothing;

    public Task<Result<Done>> TellHeldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => Nothing;

    public Task<Result<Done>> TellPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => Nothing;

    public Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) =>
        Task.FromResult<Result<ReturnedName>>(ErrorCode.Conflict.With("A home has lost nothing to itself."));
}
