using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Write.Heads;

/// <summary>Fills an empty head with entries of other datasets, in one change and without reading file bytes.</summary>
/// <remarks>Thread-safe. The caller has checked the rights, and that the bytes last as long as the dataset.</remarks>
public sealed class HeadFiller(HeadEditor editor)
{
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public Task<Result<SiteSnapshot>> FillAsync(
        DatasetId id, IReadOnlyList<TreeChange> entries, string by, string message, CancellationToken ct)
    {
        var edit = new HeadEdit("filled", message, (head, token) => head.Root.IsEmpty
            ? editor.ApplyAsync(head, entries.ToAsyncEnumerable(), token)
            : Task.FromResult<Result<MadeTree>>(ErrorCode.Conflict.With("The dataset is not empty.")));
        return editor.EditAsync(id, edit, by, ct);
    }
}
