namespace Hutch.Portal.Tests.Support;

/// <summary>Files of the repository that tests read or write.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program that was built with these tests.</summary>
    public static string Executable { get; } = Path.Combine(
        Root, "src", "Hutch.Cli", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "hutch");

    /// <summary>The folder of screenshots.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Root, "out", "screenshots")).FullName;

    /// <summary>axe-core from the portal's packages.</summary>
    public static string Axe { get; } = Path.Combine(Root, "web", "node_modules", "axe-core", "axe.min.js");

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
