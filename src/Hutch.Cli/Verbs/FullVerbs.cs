using Hutch.Cli.Verbs.Accounts;
using Hutch.Cli.Verbs.Agents;
using Hutch.Cli.Verbs.Datasets;
using Hutch.Cli.Verbs.Frames;
using Hutch.Cli.Verbs.Runs;
using Hutch.Cli.Verbs.Servers;
using Hutch.Cli.Verbs.Simulators;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Frames;

namespace Hutch.Cli.Verbs;

/// <summary>The verbs that only the full program has. Their places in the help are in the list of all verbs.</summary>
internal static class FullVerbs
{
    internal static IReadOnlyDictionary<string, Func<CliHost, Command>> All { get; } = new Dictionary<string, Func<CliHost, Command>>
    {
        ["type check"] = host => new TypeCheckVerb(host),
        ["program check"] = host => new ProgramCheckVerb(host),
        ["program try"] = host => new ProgramTryVerb(host),
        ["analyse"] = host => new AnalyseVerb(host),
        ["submit"] = host => new SubmitVerb(host),
        ["worker"] = host => new WorkerVerb(host),
        ["recipe-worker"] = host => new RecipeWorkerVerb(host),
        ["serve"] = host => new ServeVerb(host),
        ["doctor"] = host => new DoctorVerb(host),
        ["config"] = ConfigVerbs.Create,
        ["user recover-admin"] = host => new RecoverAdminVerb(host),
        ["site return"] = host => new SiteReturnVerb(host),
        ["agent dry-run"] = AgentTrialVerbs.CreateDryRun,
        ["agent explain"] = AgentTrialVerbs.CreateExplain,
        ["agent convert"] = AgentTrialVerbs.CreateConvert,
        ["backup"] = BackupVerbs.Create,
        ["migrate"] = host => new MigrateVerb(host),
        ["upgrade"] = host => new UpgradeVerb(host),
        ["rebuild"] = host => new RebuildVerb(host),
        ["simulate"] = SimulateVerbs.Create,
        ["manual"] = host => new ManualVerb(host),
        [ReaderLauncher.ContentVerb] = host => new Hdf5ContentVerb(host),
    };
}
