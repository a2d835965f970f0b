using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Site.Write.Folders;

namespace Hutch.Federation.Reading;

/// <summary>
/// The files of a dataset that its home has not hashed yet, as the home lists them. Only their existence is believed; the home may lie.
/// </summary>
internal sealed class UnhashedList(IHomePeer home, DatasetId dataset)
{
    // As in a history.
    private const long MaxBytes = 1L << 56;

    private readonly List<PathEntry> _files = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>
    /// Requests them, up to the limit; null where the home does not list them for this reader, or does not know the request.
    /// </summary>
    public Task<Result<IReadOnlyList<PathEntry>?>> RequestAsync(AnswerTimeout timeout, CancellationToken ct) =>
        timeout.RequestAsync(home.Name, RequestAsync, ct);

    private async Task<Result<IReadOnlyList<PathEntry>?>> RequestAsync(CancellationToken ct)
    {
        string? after = null;
        for (int asked = 0; asked < SiteProtocol.MaxUnhashed / SiteProtocol.MaxNames; asked++)
        {
            Result<UnhashedAnswer> answer = await home.UnhashedAsync(dataset, after, ct);
            if (!answer.TryGet(out UnhashedAnswer? page, out HutchError? refusal))
            {
                // What else is refused, the history is refused for as well, and with better words.
                return refusal.Code == ErrorCode.Unavailable ? refusal : Result<IReadOnlyList<PathEntry>?>.Ok(null);
            }

            if (Take(page, after) is { } wrong)
            {
                return HomeFault.Blame(home, ErrorCode.Unprocessable.With(wrong));
            }

            if (page.Next is null)
            {
                break;
            }

            after = page.Next;
        }

        return Result<IReadOnlyList<PathEntry>?>.Ok(_files);
    }

    private string? Take(UnhashedAnswer page, string? after)
    {
        if (page.Files.Count > SiteProtocol.MaxNames)
        {
            return $"Its list of files without a hash has {page.Files.Count} at once; at most {SiteProtocol.MaxNames} were asked for.";
        }

        string last = after ?? "";
        foreach (UnhashedLine line in page.Files)
        {
            if (Take(line, last) is { } wrong)
            {
                return wrong;
            }

            last = line.Path;
        }

        return page.Next is not { } next ? null
            : !DatasetPath.Parse(next).IsOk || Utf8Order.Compare(next, last) < 0 || next == after
                ? "Its list of files without a hash does not continue where it ended."
            : null;
    }

    private string? Take(UnhashedLine line, string last)
    {
        if (!DatasetPath.Parse(line.Path).TryGet(out DatasetPath path, out HutchError? refusal) || path.Value != line.Path)
        {
            return "Its list of files without a hash has a path that is none. " + refusal?.Message;
        }

        if (Utf8Order.Compare(line.Path, last) <= 0)
        {
            return $"Its list of files without a hash has {Display.Quote(line.Path)} behind {Display.Quote(last)}.";
        }

        var file = new UnhashedFile(
            path, new FileStamp(line.Size, line.Modified, line.Changed, line.Inode), line.Executable, line.ContentType);
        Entry entry = file.ToEntry(dataset);
        if (line.Size > MaxBytes || ReservedNames.IsReserved(path) || EntryRules.Check(entry).Error is not null)
        {
            return $"Its list of files without a hash has {Display.Quote(line.Path)}, which no folder can have like this.";
        }

        // A path is a file or a directory: between two answers the one may have become the other.
        if (!path.Ancestors().Any(above => _paths.Contains(above.Value)))
        {
            _paths.Add(line.Path);
            _files.Add(new PathEntry(path, entry));
        }

        return null;
    }
}
