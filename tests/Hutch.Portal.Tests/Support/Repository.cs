namespace Hutch.Portal.Tests.Support;

/// <summary>Files of the repository that tests read or write.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>What the variable HUTCH_EXECUTABLE names; else the program that was built with these tests.</summary>
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("HUTCH_EXECUTABLE") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(Root, "src", "Hutch.Cli", "bin", Configuration, "net10.0", "hutch");

    /// <summary>What commands run: the client as machine code, where it was built.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("HUTCH_COMMAND") is { Length: > 0 } given ? Path.GetFullPath(given) : Executable;

    /// <summary>The folder of screenshots.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Root, "out", "screenshots")).FullName;

    /// <summary>axe-core from the portal's packages.</summary>
    public static string Axe { get; } = Path.Combine(Root, "web", "node_modules", "axe-core", "axe.min.js");

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository.");
    }
}
