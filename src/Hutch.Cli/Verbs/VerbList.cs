using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Cli.Verbs.Accounts;
using Hutch.Cli.Verbs.Agents;
using Hutch.Cli.Verbs.Copies;
using Hutch.Cli.Verbs.DataLad;
using Hutch.Cli.Verbs.Datasets;
using Hutch.Cli.Verbs.Files;
using Hutch.Cli.Verbs.Frames;
using Hutch.Cli.Verbs.Publications;
using Hutch.Cli.Verbs.Runs;
using Hutch.Cli.Verbs.Servers;
using Hutch.Cli.Verbs.Sharing;
using Hutch.Cli.Verbs.Simulators;
using Hutch.Cli.Verbs.Sites;

namespace Hutch.Cli.Verbs;

/// <summary>All verbs, in the order in which the help shows them.</summary>
internal static class VerbList
{
    /// <summary>A verb that is made only when it is asked for.</summary>
    internal sealed record VerbFactory(string Name, Func<CliHost, Command> Create);

    internal static IReadOnlyList<VerbFactory> All { get; } =
    [
        new("serve", host => new ServeVerb(host)),
        new("config", ConfigVerbs.Create),
        new("login", host => new LoginVerb(host)),
        new("logout", host => new LogoutVerb(host)),
        new("whoami", host => new WhoamiVerb(host)),
        new("token", TokenVerbs.Create),
        new("init", host => new InitVerb(host)),
        new("push", host => new PushVerb(host)),
        new("pull", host => new PullVerb(host)),
        new("resolve", host => new ResolveVerb(host)),
        new("clone", host => new CloneVerb(host)),
        new("get", host => new GetVerb(host)),
        new("stage", host => new StageVerb(host)),
        new("drop", host => new DropVerb(host)),
        new("status", host => new StatusVerb(host)),
        new("log", host => new LogVerb(host)),
        new("diff", host => new DiffVerb(host)),
        new("list", host => new ListVerb(host)),
        new("search", host => new SearchVerb(host)),
        new("info", host => new InfoVerb(host)),
        new("rename", host => new RenameVerb(host)),
        new("title", host => new TitleVerb(host)),
        new("tag", host => new TagVerb(host)),
        new("metadata", MetadataVerbs.Create),
        new("type", TypeVerbs.Create),
        new("move", host => new MoveVerb(host)),
        new("remove", host => new RemoveVerb(host)),
        new("revert", host => new RevertVerb(host)),
        new("close", host => new CloseVerb(host)),
        new("keep", host => new KeepVerb(host)),
        new("replicate", host => new ReplicateVerb(host)),
        new("pin", host => new PinVerb(host)),
        new("home", host => new HomeVerb(host)),
        new("evict", host => new EvictVerb(host)),
        new("recall", host => new RecallVerb(host)),
        new("derive", host => new DeriveVerb(host)),
        new("delete", host => new DeleteVerb(host)),
        new("restore", host => new RestoreVerb(host)),
        new("purge", host => new PurgeVerb(host)),
        new("purges", host => new PurgesVerb(host)),
        new("sent", host => new SentVerb(host)),
        new("share", host => new ShareVerb(host)),
        new("unshare", host => new UnshareVerb(host)),
        new("access", AccessVerbs.Create),
        new("downloads", host => new DownloadsVerb(host)),
        new("publish", host => new PublishVerb(host)),
        new("publication", PublicationVerbs.Create),
        new("invite", InviteVerbs.Create),
        new("chown", host => new ChownVerb(host)),
        new("offer", OfferVerbs.Create),
        new("group", GroupVerbs.Create),
        new("user", UserVerbs.Create),
        new("quota", QuotaVerbs.Create),
        new("audit", AuditVerbs.Create),
        new("ingest", host => new IngestVerb(host)),
        new("export", host => new ExportVerb(host)),
        new("datalad", DataLadVerbs.Create),
        new("import-ria", host => new ImportRiaVerb(host)),
        new("export-ria", host => new ExportRiaVerb(host)),
        new("agent", AgentVerbs.Create),
        new("capture", host => new CaptureVerb(host)),
        new("tee", host => new TeeVerb(host)),
        new("compare", host => new CompareVerb(host)),
        new("analyse", host => new AnalyseVerb(host)),
        new("submit", host => new SubmitVerb(host)),
        new("worker", host => new WorkerVerb(host)),
        new("recipe-worker", host => new RecipeWorkerVerb(host)),
        new("top", host => new TopVerb(host)),
        new("run", host => new RunVerb(host)),
        new("runs", RunVerbs.Create),
        new("verify", host => new VerifyVerb(host)),
        new("site", SiteVerbs.Create),
        new("rule", RuleVerbs.Create),
        new("servers", host => new ServersVerb(host)),
        new("gc", host => new GcVerb(host)),
        new("backup", BackupVerbs.Create),
        new("upgrade", host => new UpgradeVerb(host)),
        new("doctor", host => new DoctorVerb(host)),
        new("rebuild", host => new RebuildVerb(host)),
        new("simulate", SimulateVerbs.Create),
        new("completion", host => new CompletionVerb(host)),
        new("version", host => new VersionVerb(host)),
        new(CompletionScript.DatasetsVerb, host => new CompleteDatasetsVerb(host)),
        new("hdf5-content", host => new Hdf5ContentVerb(host)),
        new("hdf5-reader", host => new Hdf5ReaderVerb(host)),
    ];
}
