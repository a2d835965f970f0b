namespace Hutch.Client.Deposits;

/// <summary>The files of a deposit, and what it leaves out.</summary>
/// <param name="LeftOut">Sentences about what a repository cannot hold.</param>
public sealed record DepositPlan(IReadOnlyList<DepositFile> Files, IReadOnlyList<string> LeftOut)
{
    private const int TarBlock = 512;

    public long Bytes => Files.Sum(static file => file.Bytes);

    /// <summary>Makes the plan of a version; a refusal if it exceeds the limits.</summary>
    /// <param name="entries">All entries of the version.</param>
    /// <param name="foldersAsTar">True to deposit each folder at the top as one TAR.</param>
    public static Result<DepositPlan> Make(IEnumerable<EntryInfo> entries, bool foldersAsTar, DepositLimits limits)
    {
        var files = new List<DepositFile>();
        var folders = new Dictionary<string, long>(StringComparer.Ordinal);
        (int links, int empty, long count) = (0, 0, 0);
        foreach (EntryInfo entry in entries)
        {
            int slash = entry.Path.IndexOf('/', StringComparison.Ordinal);
            if (foldersAsTar && slash > 0)
            {
                // The header and the last block of a member are not in its size.
                string folder = entry.Path[..slash];
                folders[folder] = folders.GetValueOrDefault(folder) + (entry.Size ?? 0) + (2 * TarBlock);
            }
            else if (entry.Kind == EntryKinds.File)
            {
                count++;
                if (count <= limits.Files)
                {
                    files.Add(new DepositFile(entry.Path, entry.Path, entry.Size ?? 0, IsFolder: false));
                }
            }
            else if (entry.Kind == EntryKinds.Link)
            {
                links++;
            }
            else
            {
                empty++;
            }
        }

        foreach ((string folder, long bytes) in folders.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            string key = folder + ".tar";
            if (files.Exists(file => file.Key == key))
            {
                return ErrorCode.Conflict.With(
                    $"The folder {Display.Quote(folder)} would become {Display.Quote(key)}, a file that exists.");
            }

            files.Add(new DepositFile(key, folder, bytes, IsFolder: true));
        }

        return new DepositPlan(files, [.. LeftOutOf(links, empty, foldersAsTar)]).Within(limits, count + folders.Count, foldersAsTar);
    }

    private static IEnumerable<string> LeftOutOf(int links, int empty, bool foldersAsTar)
    {
        if (links > 0)
        {
            yield return $"{Counted(links, "symbolic link")}: a repository has files only."
                + (foldersAsTar ? "" : " A TAR keeps those in folders (--tar).");
        }

        if (empty > 0)
        {
            yield return $"{Counted(empty, "empty folder")}: a repository has files only.";
        }
    }

    private Result<DepositPlan> Within(DepositLimits limits, long count, bool foldersAsTar)
    {
        if (count > limits.Files)
        {
            HutchError tooMany = ErrorCode.TooLarge.With(
                $"The deposit has {Counted(count, "file")}, and a record takes at most {limits.Files}.");
            return foldersAsTar
                ? tooMany
                : tooMany with { Code = tooMany.Code with { Advice = "`--tar` deposits each folder as one TAR." } };
        }

        return Bytes > limits.Bytes
            ? ErrorCode.TooLarge.With(
                $"The deposit has {Display.Bytes(Bytes)}, and a record takes at most {Display.Bytes(limits.Bytes)}.")
            : this;
    }

    private static string Counted(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
