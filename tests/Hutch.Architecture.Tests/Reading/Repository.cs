namespace Hutch.Architecture.Tests.Reading;

/// <summary>The repository that these tests were built from, as files.</summary>
internal static class Repository
{
    private static readonly string[] BuiltFolders = ["bin", "obj", "out"];

    /// <summary>The folder that holds Hutch.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release: what these tests were built as, and so what to read of the others.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>The projects under src/, by name.</summary>
    public static IReadOnlyList<Project> Products { get; } = FindProjects("src");

    /// <summary>The projects under tests/, by name.</summary>
    public static IReadOnlyList<Project> Tests { get; } = FindProjects("tests");

    /// <summary>Every source file written by people under the folders, each read once.</summary>
    public static IEnumerable<SourceFile> Sources(params string[] folders) =>
        folders.SelectMany(folder => Files(folder, "*.cs")).Select(SourceFile.Read);

    /// <summary>Files under a folder of the repository, without what the build leaves there; absolute paths in order.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Where(path => !Relative(path).Split('/').Any(BuiltFolders.Contains))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The path as people write it: from the root of the repository.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    /// <summary>The text of a file named from the root.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }

    private static Project[] FindProjects(string folder) =>
        [.. Files(folder, "*.csproj").Select(Project.Read)];
}
