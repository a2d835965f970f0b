namespace Hutch.DataLadClient.Stores;

/// <summary>
/// Checks a bare repository of a store before git reads it. Otherwise, a user with write access to the store could make the importer
/// import any repository that the importer can read.
/// </summary>
internal static class ClosedRepository
{
    /// <summary>The most entries of a repository that are checked; git packs objects long before there are so many.</summary>
    private const int MaxEntries = 1_000_000;

    /// <summary>The folders of a repository in which nothing may be a link; the empty one is itself.</summary>
    private static readonly string[] Folders = ["", "annex", "archives"];

    /// <summary>Those in which this holds for everything below, since git reads all of it.</summary>
    private static readonly string[] Trees = ["refs", "objects"];

    private static readonly string[] Leads = ["commondir", "objects/info/alternates"];

    /// <summary>Refuses a repository in which git could be led to another one.</summary>
    /// <exception cref="HutchException">It could.</exception>
    public static void Check(string repository)
    {
        if (FindWayOut(repository) is { } way)
        {
            throw ErrorCode.Unprocessable.With($"{Display.Quote(repository)} {way}: it was left out.").ToException();
        }
    }

    private static string? FindWayOut(string repository)
    {
        if (new DirectoryInfo(repository).LinkTarget is not null || Folders.Any(name => Entries(repository, name, false).Any(IsLink)))
        {
            return "is a link, or has parts that are";
        }

        if (Leads.FirstOrDefault(name => Path.Exists(Path.Combine(repository, name))) is { } lead)
        {
            return $"has the file '{lead}', which leads to another repository";
        }

        int looked = 0;
        foreach (FileSystemInfo entry in Trees.SelectMany(name => Entries(repository, name, true)))
        {
            if (IsLink(entry))
            {
                return "is a link, or has parts that are";
            }

            if (++looked > MaxEntries)
            {
                return $"has more than {MaxEntries} files and folders in 'refs' and 'objects' (`git gc` there makes few of them)";
            }
        }

        return null;
    }

    private static bool IsLink(FileSystemInfo entry) => entry.LinkTarget is not null;

    /// <summary>Lists the entries of a folder, including hidden ones: a folder comes before its content.</summary>
    private static IEnumerable<FileSystemInfo> Entries(string repository, string name, bool isDeep)
    {
        var folder = new DirectoryInfo(Path.Combine(repository, name));
        return folder.Exists
            ? folder.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = isDeep, AttributesToSkip = 0 })
            : [];
    }
}
