namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>Where the program is that these tests start.</summary>
internal static class HutchExecutable
{
    /// <summary>The folder that holds Hutch.slnx.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>What the variable HUTCH_EXECUTABLE names; else what the build of these tests left.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("HUTCH_EXECUTABLE") is { Length: > 0 } given
            ? System.IO.Path.GetFullPath(given)
            : System.IO.Path.Combine(RepositoryRoot, "src", "Hutch.Cli", "bin", Configuration, "net10.0", "hutch");

    /// <summary>What commands run: the client as machine code, and the program for the verbs that the client lacks. The program, where no client was built.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("HUTCH_COMMAND") is { Length: > 0 } given ? System.IO.Path.GetFullPath(given) : Path;

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository.");
    }
}
