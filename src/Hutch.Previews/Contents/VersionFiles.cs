using System.Globalization;

namespace Hutch.Previews.Contents;

/// <summary>The files of a version of a dataset by the names that files use for each other. No name leads out of the version.</summary>
internal sealed class VersionFiles(EntryOpener open) : IReadableFiles
{
    private const int MaxLinks = 8;

    public async Task<Result<ReadableFile>> OpenAsync(string path, CancellationToken ct)
    {
        for (int links = 0; links <= MaxLinks; links++)
        {
            if (!Resolve(path).TryGet(out DatasetPath resolved, out HutchError? refusal))
            {
                return refusal;
            }

            Result<OpenedEntry> opened = await open(resolved, ct);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            Entry entry = opened.Value.Entry;
            if (opened.Value.Content is { } content)
            {
                string version = string.Create(CultureInfo.InvariantCulture, $"{entry.Hash} {content.Size} {entry.ModifiedNanoseconds}");
                return new ReadableFile(version, content.Size, content.CopyToAsync);
            }

            if (entry.Kind != EntryKind.SymbolicLink)
            {
                break;
            }

            path = entry.Target!.StartsWith('/') ? entry.Target : $"/{resolved.Value}/../{entry.Target}";
        }

        return ErrorCode.NotFound.With($"{Display.Quote(path)} is no file.");
    }

    /// <summary>Takes a path apart as a file system would, from the top of the dataset.</summary>
    private static Result<DatasetPath> Resolve(string path)
    {
        HutchError nowhere = ErrorCode.NotFound.With($"{Display.Quote(path)} is not in this dataset.");
        if (!path.StartsWith('/'))
        {
            return nowhere;
        }

        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && parts.Count == 0)
            {
                return nowhere;
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        Result<DatasetPath> parsed = DatasetPath.Parse(string.Join('/', parts));
        return parsed.IsOk ? parsed : nowhere;
    }
}
