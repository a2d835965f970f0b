namespace Hutch.Client.Tests.Python;

/// <summary>The Python package's own tests without a server, and its annotations. Those with a server are end-to-end tests.</summary>
public sealed class PythonPackageTests
{
    private const string Start = """
        import os, sys
        sys.dont_write_bytecode = True
        os.chdir(sys.argv[1])

        """;

    [Fact]
    public async Task Its_tests_pass() => await RunAsync(
        """
        import unittest
        sys.path.insert(0, "src")
        sys.argv = ["unittest", "discover", "tests"]
        unittest.main(module=None)
        """);

    [Fact]
    public async Task Its_annotations_are_complete_and_right() => await RunAsync(
        """
        from mypy import api
        report, problems, code = api.run(["--cache-dir", os.devnull])
        print(report, problems, file=sys.stderr)
        sys.exit(code)
        """);

    private static Task<string> RunAsync(string script) =>
        Testing.Python.RunAsync(Start + script, Path.Combine(FindRepository(), "python"));

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository.");
    }
}
