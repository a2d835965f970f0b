using Hutch.Commands.Jobs;

namespace Hutch.Commands.Tests.Jobs;

public sealed class JobEnvironmentTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["SLURM_JOB_ID"] = "4711",
        ["HOME"] = "/home/ada",
        ["HUTCH_TOKEN"] = "hutch_secret",
        ["LOADEDMODULES"] = new string('m', 5000),
        ["MINE"] = "yes",
    };

    [Fact]
    public void What_says_how_a_program_runs_is_recorded_within_bounds_and_nothing_else()
    {
        IReadOnlyDictionary<string, string> environment = JobEnvironment.Capture(["MINE", "NONE"], Variables.GetValueOrDefault).Value;

        Assert.Equal(("4711", "yes", 1000), (environment["SLURM_JOB_ID"], environment["MINE"], environment["LOADEDMODULES"].Length));
        Assert.Contains("machine", environment.Keys);
        Assert.DoesNotContain(environment.Keys, name => name is "HOME" or "HUTCH_TOKEN" or "NONE");
        Assert.DoesNotContain("hutch_secret", environment.Values);
    }

    [Theory]
    [InlineData("HUTCH_TOKEN")]
    [InlineData("aws_secret_access_id")]
    [InlineData("DB_PASSWORD")]
    public void A_variable_that_is_a_secret_by_its_name_is_refused(string name) => Assert.Contains(
        "says that it is a secret", JobEnvironment.Capture([name], Variables.GetValueOrDefault).Error!.Message, StringComparison.Ordinal);
}
