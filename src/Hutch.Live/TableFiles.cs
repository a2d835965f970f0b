using Hutch.Analysis.Steps;
using Hutch.Datasets.Files;
using Hutch.Formats.Tables;
using Hutch.Model;
using Hutch.Model.Analyses;

namespace Hutch.Live;

/// <summary>Makes HDF5 files of tables. The last plans are kept, as each takes a look at all rows.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TableFiles : IDisposable
{
    private const int MaxKept = 256;
    private const long MaxKeptBytes = 16 << 20;

    /// <summary>A scan of a million rows keeps a core busy for a second or two: so many at a time.</summary>
    private const int MaxAtOnce = 2;

    private readonly SemaphoreSlim _turns = new(MaxAtOnce);

    /// <summary>By dataset too: the same rows may come from another run there.</summary>
    private readonly LruCache<(DatasetId Dataset, BlobHash Rows), Result<PlannedTable>> _kept = new(
        MaxKept, MaxKeptBytes, static table => table.IsOk ? table.Value.Plan.MemoryBytes : 0);

    /// <summary>Opens the file of a table.</summary>
    public async Task<Result<VirtualFile>> OpenAsync(TableSource source, CancellationToken ct)
    {
        (DatasetId Dataset, BlobHash Rows) key = (source.Dataset, source.Rows.Hash);
        if (!_kept.TryFind(key, out Result<PlannedTable> table))
        {
            await _turns.WaitAsync(ct);
            try
            {
                if (!_kept.TryFind(key, out table))
                {
                    table = await PlanAsync(source, ct);
                    _kept.Keep(key, table);
                }
            }
            finally
            {
                _turns.Release();
            }
        }

        return table.Then<VirtualFile>(
            planned => new VirtualFile(planned.Version, TableFile.ContentType, new TableContent(source.Rows, planned.Plan)));
    }

    public void Dispose() => _turns.Dispose();

    private static async Task<Result<PlannedTable>> PlanAsync(TableSource source, CancellationToken ct)
    {
        var scan = new TableScan();
        long offset = 0;
        try
        {
            await foreach (ReadOnlyMemory<byte> line in TableLines.ReadAsync(source.Rows, 0, source.Rows.Size, ct))
            {
                if (scan.Add(line.Span, offset) is { } refusal)
                {
                    return refusal;
                }

                offset += line.Length + 1;
            }
        }
        catch (InvalidDataException e)
        {
            return ErrorCode.UnreadableFile.With(e.Message);
        }

        StepDeclaration? step = AnalysisSteps.Catalog.Steps.FirstOrDefault(step => step.Program == source.Run?.Description.Program);
        return scan.Plan(source.Rows.Size, step, source.Run).Then<PlannedTable>(plan => new PlannedTable(
            PlanCache.VersionOf(source.Rows.Hash, plan.MetadataBytes, plan.ReadMetadata), plan));
    }

    private sealed record PlannedTable(BlobHash Version, TableFile Plan);
}
