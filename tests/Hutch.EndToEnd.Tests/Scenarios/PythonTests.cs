using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The Python package of the repository, with Debian's Python and the server: python/tests/live.py, the code of the guide included.</summary>
public sealed class PythonTests(SharedServer shared, ITestOutputHelper output)
{
    [Fact]
    public async Task The_package_and_the_code_of_its_guide_work()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string package = Path.Combine(HutchExecutable.RepositoryRoot, "python");

        using Account person = await shared.NewAccountAsync(ct);
        CommandResult result = await person.RunShellAsync(
            $"PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={package}/src /usr/bin/python3 {package}/tests/live.py", ct);

        output.WriteLine(result.Errors);
        result.AssertDone();
        Assert.DoesNotContain("skipped", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Token, result.Output + result.Errors + person.Server.Output, StringComparison.Ordinal);
    }
}
