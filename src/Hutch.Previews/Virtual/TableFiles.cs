using Hutch.Model.Analyses;

namespace Hutch.Previews.Virtual;

/// <summary>Makes HDF5 files of tables.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TableFiles : IDisposable
{
    private const long MaxPlanBytes = 16 << 20;

    private readonly PlanCache<TableFile> _plans = new(MaxPlanBytes);

    public async Task<Result<VirtualFile>> OpenAsync(TableSource source, CancellationToken ct) =>
        (await _plans.FindAsync(source.Dataset, source.Rows.Hash, () => PlanAsync(source, ct), ct)).Then<VirtualFile>(
            file => new VirtualFile(file.Version, TableFile.ContentType, new TableContent(source.Rows, file.Plan)));

    public void Dispose() => _plans.Dispose();

    private static async Task<Result<TableFile>> PlanAsync(TableSource source, CancellationToken ct)
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

        StepDeclaration? step = source.Run?.Description.Step
            ?? AnalysisSteps.Catalog.Steps.FirstOrDefault(known => known.Program == source.Run?.Description.Program);
        return scan.Plan(source.Rows.Size, step, source.Run);
    }
}
